"""Runs a program in a network of its own, where nobody is but the loopback: `own_network.py PROGRAM [WORD…]`. Takes
the capability CAP_SYS_ADMIN."""

import ctypes
import fcntl
import os
import socket
import struct
import sys

CLONE_NEWNET = 0x40000000  # <sched.h>
SIOCSIFFLAGS = 0x8914      # netdevice(7)
IFF_UP = 1


def enter():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "a network of its own")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))


def wrapped(program, directory):
    """The path of a program that does so with `program`, for who takes nothing but a path."""
    script = os.path.join(directory, os.path.basename(program) + "_alone")
    with open(script, "w") as file:
        file.write(f'#!/bin/sh\nexec {sys.executable} {os.path.abspath(__file__)} {program} "$@"\n')
    os.chmod(script, 0o755)
    return script


if __name__ == "__main__":
    enter()
    os.execv(sys.argv[1], sys.argv[1:])
