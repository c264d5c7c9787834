// A Go program that lets itself be looked into: health, reflection (both forms) and channelz beside a service of
// its own, grpc.testing.TestService; and a client in the same process, if it is told whom to call.
//
//	go_grpc_app NAME [ADDRESS,ADDRESS… CALLS]
//
// prints its name and the address it serves at, calls EmptyCall of the addresses in turn so many times, every tenth
// time a method that nobody has, and prints "called" when all are answered. Ends with its process.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"strconv"
	"strings"

	"google.golang.org/grpc"
	channelz "google.golang.org/grpc/channelz/service"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	testing "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
)

type testService struct {
	testing.UnimplementedTestServiceServer
}

func (testService) EmptyCall(context.Context, *testing.Empty) (*testing.Empty, error) {
	return &testing.Empty{}, nil
}

func serve(name string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	testing.RegisterTestServiceServer(server, testService{})
	state := health.NewServer()
	state.SetServingStatus("grpc.testing.TestService", healthpb.HealthCheckResponse_NOT_SERVING)
	healthpb.RegisterHealthServer(server, state)
	channelz.RegisterChannelzServiceToServer(server)
	reflection.Register(server)
	fmt.Println(name, listener.Addr())
	log.Fatal(server.Serve(listener))
}

// Every failure is one: what is counted must be what was called.
func call(addresses []string, calls int) {
	names := manual.NewBuilderWithScheme("list")
	state := resolver.State{}
	for _, address := range addresses {
		state.Endpoints = append(state.Endpoints,
			resolver.Endpoint{Addresses: []resolver.Address{{Addr: address}}})
	}
	names.InitialState(state)
	channel, err := grpc.NewClient("list:///backends", grpc.WithResolvers(names),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig": [{"round_robin": {}}]}`))
	if err != nil {
		log.Fatal(err)
	}
	client := testing.NewTestServiceClient(channel)
	for i := range calls {
		if i%10 == 9 {
			if _, err := client.UnimplementedCall(context.Background(), &testing.Empty{}); err == nil {
				log.Fatal("a method that nobody has was answered")
			}
		} else if _, err := client.EmptyCall(context.Background(), &testing.Empty{}); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("called")
}

func main() {
	if len(os.Args) == 4 {
		calls, err := strconv.Atoi(os.Args[3])
		if err != nil {
			log.Fatal(err)
		}
		go call(strings.Split(os.Args[2], ","), calls)
	}
	serve(os.Args[1])
}
