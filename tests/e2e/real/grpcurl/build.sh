# makes: grpcurl ghz go_grpc_app
# grpcurl 1.9.4 and ghz 0.93.0, with which people ask and load gRPC servers by hand, and a server of grpc-go
# 1.85.0 for both; 90 s of one CPU.
here=$(cd -- "$(dirname -- "$0")" && pwd)

go install -trimpath -ldflags '-s -w' github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4
go install -trimpath -ldflags '-s -w' github.com/bojand/ghz/cmd/ghz@v0.93.0
cp "$here/module/"* .
go build -trimpath -ldflags '-s -w' -o "$GOBIN/go_grpc_app" .
