"""health_server.py as a child, told what to say, and hostile_reflection.py, told how to behave."""

import os
import subprocess

SUPPORT = os.path.dirname(os.path.abspath(__file__))
PYTHON = os.path.join(os.path.dirname(os.path.dirname(SUPPORT)), "build", "grpc_apps", "bin", "python")


class HostileReflection:
    """start() … stop(): reflection with this habit at self.address."""

    def __init__(self, habit):
        self._habit = habit

    def start(self):
        self._process = subprocess.Popen([PYTHON, "-W", "ignore", os.path.join(SUPPORT, "hostile_reflection.py"),
                                          self._habit], text=True, stdout=subprocess.PIPE)
        self.address = "127.0.0.1:" + self._process.stdout.readline().strip()
        return self

    def stop(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


class HealthServer:
    """start() … stop(); say(service, status) sets what it says."""

    def __init__(self, *files, host="127.0.0.1", port=0):
        self._words = [f"{host}:{port}", *files]

    def start(self):
        self._process = subprocess.Popen([PYTHON, "-W", "ignore", os.path.join(SUPPORT, "health_server.py"), *self._words], text=True,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self._process.stdout.readline())
        self.address = f"127.0.0.1:{self.port}"
        return self

    def say(self, service, status):
        self._process.stdin.write(f"{service or '-'} {status}\n")
        self._process.stdin.flush()
        self._process.stdout.readline()

    def stop(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
