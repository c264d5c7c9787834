#!/usr/bin/env python3
"""Our own descriptions of gRPC's messages (src/wire/proto) beside the published ones, as grpcio-health-checking,
grpcio-reflection, grpcio-channelz, grpcio-csds and protobuf of PyPI have them: each field that is read or written
has the number and the form on the wire that the published messages give it. Run by the Python of build/grpc_apps,
which has those packages; protoc is Debian's."""

import glob
import os
import subprocess
import tempfile
import unittest

from envoy.admin.v3 import config_dump_pb2  # noqa: F401
from envoy.config.route.v3 import route_pb2  # noqa: F401
from envoy.service.status.v3 import csds_pb2  # noqa: F401
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, timestamp_pb2  # noqa: F401
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field
from grpc_channelz.v1 import channelz_pb2  # noqa: F401
from grpc_health.v1 import health_pb2  # noqa: F401
from grpc_reflection.v1alpha import reflection_pb2  # noqa: F401

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "wire", "proto")
CHANNELZ, HEALTH, REFLECTION = "grpc.channelz.v1.", "grpc.health.v1.", "grpc.reflection.v1alpha."
STATUS, ADMIN, PROTOBUF = "envoy.service.status.v3.", "envoy.admin.v3.", "google.protobuf."
FORMS = {Field.TYPE_BYTES: "length", Field.TYPE_STRING: "length", Field.TYPE_MESSAGE: "length"}  # others: varint

# Our name: the published ones that it stands for.
MEANT = {
    "FirstPageRequest": [CHANNELZ + "GetTopChannelsRequest", CHANNELZ + "GetServersRequest"],
    "PageResponse": [CHANNELZ + one for one in ("GetTopChannelsResponse", "GetServersResponse",
                                                "GetServerSocketsResponse")],
    "ServerSocketsRequest": [CHANNELZ + "GetServerSocketsRequest"],
    "OneRequest": [CHANNELZ + one for one in ("GetChannelRequest", "GetSubchannelRequest", "GetSocketRequest")],
    "Channel": [CHANNELZ + "Channel", CHANNELZ + "Subchannel"],
    **{name: [CHANNELZ + name] for name in ("ChannelData", "ChannelTrace", "ChannelTraceEvent", "Server", "ServerData",
                                            "Socket", "SocketData")},
    "ConnectivityState": [CHANNELZ + "ChannelConnectivityState"],
    "Timestamp": [PROTOBUF + "Timestamp"],
    "ClientStatusRequest": [STATUS + "ClientStatusRequest"],
    "ClientConfig": [STATUS + "ClientConfig"],
    "ClientNode": ["envoy.config.core.v3.Node"],
    "GenericXdsConfig": [STATUS + "ClientConfig.GenericXdsConfig"],
    "UpdateFailureState": [ADMIN + "UpdateFailureState"],
    "PerXdsConfig": [STATUS + "PerXdsConfig"],
    "DumpVersion": [ADMIN + "ListenersConfigDump", ADMIN + "ClustersConfigDump",
                    ADMIN + "ListenersConfigDump.DynamicListenerState"],
    "DumpedListener": [ADMIN + "ListenersConfigDump.DynamicListener"],
    "DumpedResource": [ADMIN + "ClustersConfigDump.DynamicCluster", ADMIN + "RoutesConfigDump.DynamicRouteConfig",
                       ADMIN + "EndpointsConfigDump.DynamicEndpointConfig"],
    "DumpedAny": [PROTOBUF + "Any"],
    "DumpedName": ["envoy.config.cluster.v3.Cluster", "envoy.config.route.v3.RouteConfiguration",
                   "envoy.config.endpoint.v3.ClusterLoadAssignment"],
    "DeclaredFile": [PROTOBUF + "FileDescriptorProto"],
    "DeclaredService": [PROTOBUF + "ServiceDescriptorProto"],
    "DeclaredMethod": [PROTOBUF + "MethodDescriptorProto"],
    "HealthCheckRequest": [HEALTH + "HealthCheckRequest"],
    "HealthCheckResponse": [HEALTH + "HealthCheckResponse"],
    "ServerReflectionRequest": [REFLECTION + "ServerReflectionRequest"],
    "ServerReflectionResponse": [REFLECTION + "ServerReflectionResponse"],
    "ReflectionError": [REFLECTION + "ErrorResponse"],
    "ServiceResponse": [REFLECTION + "ServiceResponse"],
}
# Where one field of ours stands for several, or none of that name.
OTHER_NAMES = {
    ("FirstPageRequest", "start_id"): {"start_channel_id", "start_server_id"},
    ("OneRequest", "id"): {"channel_id", "subchannel_id", "socket_id"},
    ("DumpedResource", "resource"): {"cluster", "route_config", "endpoint_config"},
    ("DumpedName", "name"): {"name", "cluster_name"},
}


def ours():
    """(message, field) of all there are."""
    with tempfile.NamedTemporaryFile() as out:
        files = sorted(os.path.basename(path) for path in glob.glob(os.path.join(FOLDER, "*.proto")))
        subprocess.run(["protoc", "--proto_path", FOLDER, "--descriptor_set_out", out.name, *files], check=True)
        described = descriptor_pb2.FileDescriptorSet.FromString(out.read())
    for file in described.file:
        for message in file.message_type:
            for field in message.field:
                yield message.name, field


class Published(unittest.TestCase):
    def test_each_field_is_the_published_one(self):
        pool, checked, seen = descriptor_pool.Default(), 0, set()
        for name, field in ours():
            seen.add(name)
            if name == "Ref":
                meant, names = [CHANNELZ + field.name.removesuffix("_id").capitalize() + "Ref"], {field.name}
            else:
                meant, names = MEANT[name], OTHER_NAMES.get((name, field.name), {field.name})
            for published in meant:
                with self.subTest(f"{name}.{field.name} of {published}"):
                    other = pool.FindMessageTypeByName(published).fields_by_number[field.number]
                    self.assertIn(other.name, names)
                    self.assertEqual(FORMS.get(field.type, "varint"), FORMS.get(other.type, "varint"))
                    self.assertFalse(other.is_repeated)
                    checked += 1
        self.assertEqual(seen - {"Ref"}, set(MEANT))
        self.assertGreater(checked, 80)


if __name__ == "__main__":
    unittest.main()
