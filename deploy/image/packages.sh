#!/bin/sh
# Installs what the program is built with, for the architecture $1: compilers and generators run here, so
# they are this machine's own; headers and libraries are those of the architecture.
set -eu
. "$(dirname "$0")/target.sh"
export DEBIAN_FRONTEND=noninteractive
compiler=g++
if [ "$arch" != "$native" ]; then
  dpkg --add-architecture "$arch"
  compiler=g++-$(echo "$triplet" | tr _ -)
fi
libraries=
for name in prometheus-cpp-dev libgrpc++-dev libprotobuf-dev libboost1.81-dev \
  libboost-program-options1.81-dev libyaml-cpp-dev libsimdjson-dev libssl-dev zlib1g-dev libzstd-dev libcrypt-dev; do
  libraries="$libraries $name:$arch"
done
# Nothing here outlives the build: there is no need to wait for the disk.
echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/unsafe-io
apt-get update -q
# shellcheck disable=SC2086 # words
apt-get install -q -y --no-install-recommends \
  "$compiler" cmake ninja-build pkg-config ccache protobuf-compiler python3 ca-certificates $libraries
