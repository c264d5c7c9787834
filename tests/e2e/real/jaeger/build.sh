# makes: jaeger
# Jaeger v2 (1.76.0), which keeps traces and answers questions about them; 340 s of one CPU.
source "$(dirname -- "$0")/../wrapper.sh"

module=github.com/jaegertracing/jaeger
wrap "$module" v1.76.0 cmd/jaeger
go install -trimpath -ldflags '-s -w' "$module/cmd/jaeger"
