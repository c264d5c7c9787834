# makes: kube-apiserver etcd
# Kubernetes 1.37.2, its API server alone, and the etcd that it keeps its objects in: 635 s of one CPU.
here=$(cd -- "$(dirname -- "$0")" && pwd)

cp -r "$here/module/." .
kubernetes=$(sed -n 's#^\tk8s.io/kubernetes v##p' go.mod)
stamp=k8s.io/component-base/version
go build -trimpath -ldflags "-s -w -X $stamp.gitVersion=v$kubernetes -X $stamp.gitMajor=1 \
  -X $stamp.gitMinor=$(cut -d. -f2 <<<"$kubernetes")" -o "$GOBIN/kube-apiserver" .
go build -trimpath -ldflags '-s -w' -o "$GOBIN/etcd" ./etcd
