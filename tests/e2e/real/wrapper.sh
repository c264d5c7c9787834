# A module in the working folder around a published one: sourced by the build.sh of a mesh.

# wrap MODULE VERSION PACKAGE…: so that these programs of it can be built by `go install`. Its go.sum
# starts as upstream's own, so that what is downloaded is what upstream was tested with.
wrap() {
  local module=$1 version=$2 package words=()
  shift 2
  [ ! -f wrapped ] || return 0
  rm -f go.mod go.sum
  go mod init "real/${PWD##*/}"
  go mod download "$module@$version"
  install -m 644 "$(go env GOMODCACHE)/$module@$version/go.sum" .
  for package in "$@"; do words+=("$module/$package@$version"); done
  go get -tool "${words[@]}"
  touch wrapped
}
