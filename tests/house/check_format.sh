#!/usr/bin/env bash
# Whether every C++ file is formatted as .clang-format says. Names each place that is not; to mend
# them all: tests/house/check_format.sh --fix
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."

mode=(--dry-run -Werror)
[ "${1-}" != --fix ] || mode=(-i)
find src tests \( -name '*.cc' -o -name '*.h' \) -print0 |
  xargs -0 -r -P "$(nproc)" -n 40 clang-format-14 "${mode[@]}"
