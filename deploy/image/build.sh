#!/bin/sh
# Builds the program for the architecture $1 and puts what the image consists of into $2.
set -eu
here=$(dirname "$0")
. "$here/target.sh"
source=$(cd "$here/../.." && pwd)
# Where a clone builds as well, and with names relative to it: so its ccache knows what it compiled.
build=$source/build/release
# LANG is a part of what ccache knows it by.
export CCACHE_BASEDIR="$source" CCACHE_NOHASHDIR=yes LANG=C.UTF-8
# Told of each, for a tool of this machine would find this machine's libraries.
export PKG_CONFIG_LIBDIR="/usr/lib/$triplet/pkgconfig:/usr/share/pkgconfig"
cross=
[ "$arch" = "$native" ] || cross="-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=${triplet%%-*}"
# shellcheck disable=SC2086 # words
cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DMESH_TESTS=OFF \
  -DMESH_REVISION="${REVISION-}" -DCMAKE_CXX_COMPILER="$cxx" $cross
cmake --build "$build" --target mesh_exporter
"$triplet-strip" "$build/mesh_exporter"
python3 -B "$here/root.py" --triplet="$triplet" --build="$build" --root="$2"
