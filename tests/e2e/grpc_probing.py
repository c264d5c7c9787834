"""What the tests of gRPC probes share: the command, and servers that misbehave with what is told of each."""

import json
import os
import subprocess

from harness import BINARY, TempDirTest
import hostile_grpc

SERVICE = "user.v1.UserService"
# What a server does, the exit code of the command, and what is told of it.
HABITS = (
    (hostile_grpc.say_nothing, 2, "unreachable", "no answer in time"),
    (hostile_grpc.speak_http1, 2, "unreachable", "the server speaks HTTP/1 and no HTTP/2"),
    (hostile_grpc.reset_after_headers, 2, "unreachable", "connection reset"),
    (hostile_grpc.send_100_megabytes, 1, "failed", "more came than a message may have"),
    (hostile_grpc.answer_nonsense, 1, "failed", "what it answers is no health"),
    (hostile_grpc.end_without_status, 1, "failed", "UNKNOWN: No status received"),
    (hostile_grpc.end_without_trailers, 1, "failed", "UNKNOWN: Stream removed"),
    (hostile_grpc.say_status_99, 1, "failed", "status 99"),
    (hostile_grpc.say_goodbye, 2, "unreachable", "the connection was closed"),
    (hostile_grpc.drip, 2, "unreachable", "no answer in time"),
    (hostile_grpc.flood_with_headers, 1, "failed", "RESOURCE_EXHAUSTED: received initial metadata size exceeds limit"),
    (hostile_grpc.flood_with_settings, 2, "unreachable", "no answer in time"))

# Of which this is known at the end of the question's time only.
ANSWERS_TWICE = (hostile_grpc.answer_twice, 1, "failed", "more than one message came, or no end of the answer")

# Servers that send so much that whoever reads it does nothing else.
FLOODS = (hostile_grpc.flood_with_acknowledged_settings, hostile_grpc.flood_with_window_updates,
          hostile_grpc.flood_with_pings)

# Seconds in which everything is over, however slow the machine, if it waits for nothing but the time it was given.
SOON = 30


def patience(message, short, long):
    """Seconds to wait for a server of which this is told: what it answers is not to depend on how fast the machine
    is, and one that never answers is to be waited for in vain."""
    return short if message == "no answer in time" else long


class Probes(TempDirTest):
    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def probe(self, address, *flags, code):
        """What the command prints; it ends with this code."""
        done = subprocess.run([BINARY, "probe", address, *flags], capture_output=True, text=True, timeout=60,
                              check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def found(self, address, *flags, code):
        """(status, message) of each service that was asked for, and what is told of TLS."""
        report = json.loads(self.probe(address, *flags, "--output=json", code=code))
        self.assertEqual(report["address"], address)
        return [(one["status"], one["message"]) for one in report["health"]], report["tls"]
