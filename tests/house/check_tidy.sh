#!/usr/bin/env bash
# clang-tidy, with the checks of .clang-tidy, over the sources that hold the logic. What includes
# Asio, Beast, prometheus-cpp or grpc++ is left out: these headers take longer than all the rest,
# and such files are kept thin. Wants a configured build: tests/house/check_tidy.sh [BUILD_DIR]
#
# With FILE… after BUILD_DIR only these files are checked.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."

build=${1-build/release}
shift || true
[ -e "$build/compile_commands.json" ] || {
  echo "check_tidy.sh: $build has no compile_commands.json; configure it first" >&2
  exit 2
}

# The preprocessor's own answer to what a file includes, from the build's command for it.
is_heavy() { grep -Eq 'boost/(asio|beast)|prometheus/|grpcpp/' <<<"$(
  g++ -std=c++20 -Isrc -M -MG "$1" 2>/dev/null)"; }

files=("$@")
if [ ${#files[@]} -eq 0 ]; then
  for file in src/*.cc src/*/*.cc src/*/*/*.cc; do
    is_heavy "$file" || files+=("$file")
  done
fi
[ ${#files[@]} -gt 0 ] || { echo "check_tidy.sh: no files" >&2; exit 2; }

# The build's flags are g++'s; clang need not know all of its warnings. One file a process, so that
# two processors share evenly; only the complaints are shown, not the counts of suppressed ones.
printf '%s\0' "${files[@]}" |
  xargs -0 -P "$(nproc)" -n 4 clang-tidy-14 -p "$build" --quiet \
    --extra-arg=-Wno-unknown-warning-option 2> >(grep -v ' warnings\? generated\.$' >&2 || true)
echo "clang-tidy: ${#files[@]} files, no complaints"
