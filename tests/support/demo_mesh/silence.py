"""A server that hangs, or a network that drops what comes: connections to it are never made."""

import socket


class Silence:
    """A TCP port of which nothing ever comes back: its queue of connections is full."""

    def __init__(self):
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(0)
        self.number = self._listening.getsockname()[1]
        self._filling = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", self.number))
            self._filling.append(one)

    def stop(self):
        for one in (*self._filling, self._listening):
            one.close()
