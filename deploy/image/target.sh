# What another architecture is called by Debian and by its compiler: sourced with TARGETARCH, or "" for that
# of this machine; sets `arch`, `native`, `triplet` and `cxx`.
native=$(dpkg --print-architecture)
arch=${1:-$native}
case $arch in
  amd64) triplet=x86_64-linux-gnu ;;
  arm64) triplet=aarch64-linux-gnu ;;
  *)
    echo "the image is made for amd64 and arm64, not for $arch" >&2
    exit 1
    ;;
esac
cxx=c++
[ "$arch" = "$native" ] || cxx=$triplet-g++
