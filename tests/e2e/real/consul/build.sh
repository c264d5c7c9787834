# makes: consul
# Consul 1.20.6, the last version whose checksums the module proxy vouches for. Its go.mod replaces its
# own submodules by folders, so `go install` refuses it: the wrapper takes main.go, go.mod without the
# replace lines, and go.sum. Measured: 220 s of one CPU.
module=github.com/hashicorp/consul version=v1.20.6

if [ ! -f go.mod ]; then
  (cd / && go mod download "$module@$version")
  upstream=$(go env GOMODCACHE)/$module@$version
  install -m 644 "$upstream/main.go" "$upstream/go.sum" .
  sed -e 's#^module .*#module real/consul#' -e '/^replace (/,/^)/d' "$upstream/go.mod" >go.mod.part
  mv go.mod.part go.mod
fi
go mod edit -require="$module@$version"
go build -mod=mod -trimpath -ldflags '-s -w' -o "$GOBIN/consul" .
