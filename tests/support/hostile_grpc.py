"""gRPC servers that misbehave, each a habit of a raw socket in a thread: HostileServer(habit).address."""

import gzip
import socket
import struct
import threading
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_HEADERS, ACK, END_STREAM = 4, 1, 1
# ":status: 200" of the static table, and content-type as a literal beside its name there (RFC 7541, A).
RESPONSE = b"\x88\x5f" + bytes([len(b"application/grpc")]) + b"application/grpc"
FRAME_BYTES, WINDOW = 16384, 65535
SERVING = b"\x08\x01"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def header(name, value):
    return b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def message(content, flag=0):
    return bytes([flag]) + struct.pack(">I", len(content)) + content


def read_exactly(peer, count):
    read = b""
    while len(read) < count:
        some = peer.recv(count - len(read))
        if not some:
            raise ConnectionError("the client has left")
        read += some
    return read


def read_question(peer):
    """Speaks HTTP/2 up to the headers of a call; gives the stream's number."""
    read_exactly(peer, len(PREFACE))
    peer.sendall(frame(SETTINGS, 0, 0))
    return read_next_question(peer)


def read_next_question(peer):
    while True:
        head = read_exactly(peer, 9)
        read_exactly(peer, int.from_bytes(head[:3], "big"))
        stream = int.from_bytes(head[5:], "big")
        if head[3] == SETTINGS and not head[4] & ACK:
            peer.sendall(frame(SETTINGS, ACK, 0))
        if head[3] == HEADERS:
            return stream


def begin_response(peer, more=b""):
    """The same and the headers of the response."""
    stream = read_question(peer)
    peer.sendall(frame(HEADERS, END_HEADERS, stream, RESPONSE + more))
    return stream


def wait_for_the_end(peer):
    while peer.recv(65536):
        pass


def say_nothing(peer):
    wait_for_the_end(peer)


def speak_http1(peer):
    peer.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def reset_after_headers(peer):
    begin_response(peer)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def send_100_megabytes(peer):
    """As fast as the client lets it (RFC 9113, 5.2)."""
    stream = begin_response(peer)
    window = {0: WINDOW, stream: WINDOW}
    message = memoryview(b"\0" + struct.pack(">I", 100 << 20) + bytes(100 << 20))
    while message:
        size = min(FRAME_BYTES, *window.values())
        if size > 0:
            peer.sendall(frame(DATA, 0, stream, bytes(message[:size])))
            message = message[size:]
            window = {where: left - size for where, left in window.items()}
            continue
        head = read_exactly(peer, 9)
        payload = read_exactly(peer, int.from_bytes(head[:3], "big"))
        if head[3] == WINDOW_UPDATE:
            window[int.from_bytes(head[5:], "big")] += int.from_bytes(payload, "big")
        elif head[3] == PING and not head[4] & ACK:
            peer.sendall(frame(PING, ACK, 0, payload))
        elif head[3] == RST_STREAM:
            return


def end_response(peer, stream, content, trailers):
    peer.sendall(frame(DATA, 0, stream, content))
    peer.sendall(frame(HEADERS, END_HEADERS | END_STREAM, stream, trailers))
    wait_for_the_end(peer)


def answer(peer, stream, content):
    peer.sendall(frame(HEADERS, END_HEADERS, stream, RESPONSE))
    peer.sendall(frame(DATA, 0, stream, message(content)))
    peer.sendall(frame(HEADERS, END_HEADERS | END_STREAM, stream, header("grpc-status", "0")))


def answer_twice(peer):
    """And never end the answer: the library never gets there."""
    stream = begin_response(peer)
    peer.sendall(frame(DATA, 0, stream, message(SERVING)) * 2)
    wait_for_the_end(peer)


def answer_nonsense(peer):
    stream = read_question(peer)
    while True:
        answer(peer, stream, b"hello")
        stream = read_next_question(peer)


def compress_unasked(peer):
    stream = begin_response(peer, header("grpc-encoding", "gzip"))
    end_response(peer, stream, message(gzip.compress(SERVING), flag=1), header("grpc-status", "0"))


def end_without_status(peer):
    end_response(peer, begin_response(peer), message(SERVING), b"")


def end_without_trailers(peer):
    stream = begin_response(peer)
    peer.sendall(frame(DATA, END_STREAM, stream, message(SERVING)))
    wait_for_the_end(peer)


def say_status_99(peer):
    """In trailers without headers before them."""
    stream = read_question(peer)
    peer.sendall(frame(HEADERS, END_HEADERS | END_STREAM, stream, RESPONSE + header("grpc-status", "99")))
    wait_for_the_end(peer)


def say_goodbye(peer):
    read_exactly(peer, len(PREFACE))
    peer.sendall(frame(SETTINGS, 0, 0) + frame(GOAWAY, 0, 0, bytes(8)))
    wait_for_the_end(peer)


def drip(peer):
    """One byte of an honest answer at a time."""
    stream = read_question(peer)
    for byte in frame(HEADERS, END_HEADERS, stream, RESPONSE) + frame(DATA, 0, stream, message(SERVING)):
        peer.sendall(bytes([byte]))
        time.sleep(0.2)


def flood_with_headers(peer):
    stream = read_question(peer)
    peer.sendall(frame(HEADERS, 0, stream, RESPONSE))
    while True:
        peer.sendall(frame(CONTINUATION, 0, stream, header("x", "y" * 100) * 140))


def flood_with_settings(peer):
    """Of which each is to be acknowledged, and does not listen: the client will soon wait."""
    read_exactly(peer, len(PREFACE))
    while True:
        peer.sendall(frame(SETTINGS, 0, 0) * 100)


def flood(peer, one):
    """As fast as it can, and takes whatever the client says."""
    threading.Thread(target=wait_until_it_breaks, args=(peer,), daemon=True).start()
    while True:
        peer.sendall(one * 5000)


def wait_until_it_breaks(peer):
    try:
        wait_for_the_end(peer)
    except OSError:
        pass  # the flood ends with it


def flood_with_acknowledged_settings(peer):
    read_exactly(peer, len(PREFACE))
    flood(peer, frame(SETTINGS, 0, 0))


def flood_with_pings(peer):
    read_question(peer)
    flood(peer, frame(PING, 0, 0, bytes(8)))


def flood_with_window_updates(peer):
    """Which ask for nothing."""
    read_question(peer)
    flood(peer, frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\1"))


def flood_after_an_answer(peer):
    """Serving it says at first; the next call is flooded."""
    answer(peer, read_question(peer), SERVING)
    read_next_question(peer)
    flood(peer, frame(PING, 0, 0, bytes(8)))


class HostileServer:
    """start() … stop(): does that to everybody who connects to self.address."""

    def __init__(self, habit, host="127.0.0.1"):
        self._habit = habit
        self._host = host
        self._listener = None

    def start(self):
        self._listener = socket.create_server((self._host, 0))
        self.address = "%s:%d" % self._listener.getsockname()
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        with peer:
            try:
                self._habit(peer)
            except OSError:
                pass  # the client had enough
