# makes: jaeger
# Jaeger v2 (1.76.0); 340 s of one CPU. Its pages are a placeholder: the module has no user interface.
source "$(dirname -- "$0")/../wrapper.sh"

module=github.com/jaegertracing/jaeger
wrap "$module" v1.76.0 cmd/jaeger
go install -trimpath -ldflags '-s -w' "$module/cmd/jaeger"
