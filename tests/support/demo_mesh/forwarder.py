"""A TCP forwarder that stands between two parts and behaves like a network that is not well: it may cut
every connection again and again, or once, in the middle of whatever is under way, refuse new ones, or be
far away."""

import socket
import threading


class Forwarder:
    """Listens on a free loopback port, `number`, and forwards to another. stop() ends it. While
    `refusing`, who connects is cut at once. `cuts` counts the connections cut by cut_within()."""

    def __init__(self, to_port, cut_every=None, latency=0):
        """`cut_every`: seconds that connections live at most. `latency`: seconds that what is sent to
        the port takes to get there."""
        self._to_port = to_port
        self._latency = latency
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._sockets = set()
        self._cut_within = None
        self.refusing = False
        self.cuts = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.number = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        if cut_every:
            threading.Thread(target=self._cut, args=(cut_every,), daemon=True).start()

    def stop(self):
        self._over.set()
        self._close(self._listening)
        self.cut()

    def cut(self):
        """Every connection that there is."""
        with self._lock:
            cut, self._sockets = self._sockets, set()
        for one in cut:
            self._close(one)

    def cut_within(self, size):
        """The connection, once, that has brought so many bytes more from the port."""
        with self._lock:
            self._cut_within = size

    def _let_through(self, data):
        """What of these bytes from the port goes on; the connection is cut behind it if that is not all."""
        with self._lock:
            if self._cut_within is None:
                return data
            let = data[:self._cut_within]
            self._cut_within -= len(let)
            if len(let) < len(data):
                self._cut_within = None
                self.cuts += 1
            return let

    def _accept(self):
        while not self._over.is_set():
            try:
                near = self._listening.accept()[0]
                if self.refusing:
                    self._close(near)
                    continue
                far = socket.create_connection(("127.0.0.1", self._to_port))
            except OSError:
                continue
            with self._lock:
                self._sockets |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink, source is near),
                                 daemon=True).start()

    def _cut(self, every):
        while not self._over.wait(every):
            self.cut()

    def _pump(self, source, sink, to_port):
        """Closes both when one of them ends."""
        try:
            while data := source.recv(65536):
                if to_port and self._latency and self._over.wait(self._latency):
                    break
                let = data if to_port else self._let_through(data)
                sink.sendall(let)
                if len(let) < len(data):
                    break
        except OSError:
            pass
        with self._lock:
            self._sockets -= {source, sink}
        self._close(source)
        self._close(sink)

    @staticmethod
    def _close(one):
        try:
            one.shutdown(socket.SHUT_RDWR)  # wakes whoever reads from it
        except OSError:
            pass
        one.close()
