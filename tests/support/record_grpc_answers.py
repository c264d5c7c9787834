"""Records what a real gRPC server answers to the questions of channelz, reflection and CSDS, as bytes, for the
tests of their readers and of the conversation:

    build/grpc_apps/bin/python tests/support/record_grpc_answers.py ADDRESS >tests/fixtures/grpc/NAME.txt

A line is the path of a call, the question in hexadecimal ("-" for none), the status and the answer. The
questions are those of the agent, byte for byte."""

import sys

import grpc
from envoy.service.status.v3 import csds_pb2
from grpc_channelz.v1 import channelz_pb2
from grpc_reflection.v1alpha import reflection_pb2

PAGE = 100
CHANNELZ = "/grpc.channelz.v1.Channelz/"
REFLECTION = "/grpc.reflection.{}.ServerReflection/ServerReflectionInfo"
CSDS = "/envoy.service.status.v3.ClientStatusDiscoveryService/FetchClientStatus"


class Recorder:
    def __init__(self, address):
        self.channel = grpc.insecure_channel(address)

    def ask(self, path, question):
        """Prints question and answer; gives the answer's bytes, empty where there was none."""
        data = question.SerializeToString()
        try:
            if path.endswith("ServerReflectionInfo"):
                answer = next(self.channel.stream_stream(path)(iter([data])))
            else:
                answer = self.channel.unary_unary(path)(data)
            status = grpc.StatusCode.OK
        except grpc.RpcError as error:
            answer, status = b"", error.code()
        print(path, data.hex() or "-", status.value[0], answer.hex() or "-")
        return answer

    def channelz(self, method, **fields):
        question = getattr(channelz_pb2, f"{method}Request")(**fields)
        answer = getattr(channelz_pb2, f"{method}Response")
        return answer.FromString(self.ask(CHANNELZ + method, question))

    def channels(self):
        channels = list(self.channelz("GetTopChannels", max_results=PAGE).channel)
        for channel in channels:
            for ref in channel.channel_ref:
                channels.append(self.channelz("GetChannel", channel_id=ref.channel_id).channel)
            for ref in channel.subchannel_ref:
                sub = self.channelz("GetSubchannel", subchannel_id=ref.subchannel_id).subchannel
                for socket in sub.socket_ref:
                    self.channelz("GetSocket", socket_id=socket.socket_id)

    def servers(self):
        for server in self.channelz("GetServers", max_results=PAGE).server:
            self.channelz("GetServerSockets", server_id=server.ref.server_id, max_results=PAGE)

    def reflection(self):
        for version in ("v1", "v1alpha"):
            path = REFLECTION.format(version)
            request = reflection_pb2.ServerReflectionRequest
            listed = reflection_pb2.ServerReflectionResponse.FromString(
                self.ask(path, request(list_services="*")))
            for service in listed.list_services_response.service:
                self.ask(path, request(file_containing_symbol=service.name))
            self.ask(path, request(file_containing_symbol="no.such.Service"))


def main():
    recorder = Recorder(sys.argv[1])
    recorder.channels()
    recorder.servers()
    recorder.ask(CSDS, csds_pb2.ClientStatusRequest(exclude_resource_contents=True))
    recorder.reflection()


if __name__ == "__main__":
    main()
