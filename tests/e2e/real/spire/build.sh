# makes: spire-agent spire-server
# SPIRE 1.13.3; 630 s of one CPU.
source "$(dirname -- "$0")/../wrapper.sh"

module=github.com/spiffe/spire
wrap "$module" v1.13.3 cmd/spire-agent cmd/spire-server
go install -trimpath -ldflags '-s -w' "$module/cmd/spire-agent" "$module/cmd/spire-server"
