# makes: helm monitoring_crds.yaml
# needs: kubernetes
# Helm 4.3.1 (110 s of one CPU), and what Prometheus' operator 0.95.1 adds to an API server, made of its
# types by controller-gen (40 s).
module=github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring version=v0.95.1

if [ ! -x "$GOBIN/helm" ]; then go install -trimpath -ldflags '-s -w' helm.sh/helm/v4/cmd/helm@v4.3.1; fi
[ -f go.mod ] || go mod init real/deploy
go get -tool sigs.k8s.io/controller-tools/cmd/controller-gen@v0.23.0
go get "$module@$version"
rm -rf crds
go tool controller-gen crd "paths=$module/v1" output:crd:dir="$PWD/crds"

# Executable as a sign that it is complete.
cat crds/*.yaml >monitoring_crds.yaml
install -m 755 monitoring_crds.yaml "$GOBIN"
