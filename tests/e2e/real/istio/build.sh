# makes: pilot-agent pilot-discovery istio_envoy_bootstrap.json
# needs: kubernetes
# Istio 1.31-dev of 2026-08-27, 420 s of one CPU. Without a Kubernetes its control plane does not start.
here=$(cd -- "$(dirname -- "$0")" && pwd)
source "$here/../wrapper.sh"

module=istio.io/istio version=v0.0.0-20260827124520-eed52ebb66ad
wrap "$module" "$version" pilot/cmd/pilot-agent pilot/cmd/pilot-discovery
stamp=$module/pkg/version
go install -trimpath -ldflags "-s -w -X $stamp.buildVersion=1.31-dev -X $stamp.buildTag=1.31-dev \
  -X $stamp.buildGitRevision=${version##*-} -X $stamp.buildStatus=Clean" \
  "$module/pilot/cmd/pilot-agent" "$module/pilot/cmd/pilot-discovery"

# How Envoy is started, by Istio's own template; executable as a sign that it is complete.
install -m 755 "$(go env GOMODCACHE)/istio.io/istio@$version/tools/packaging/common/\
envoy_bootstrap.json" "$GOBIN/istio_envoy_bootstrap.json"
