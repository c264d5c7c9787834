#!/usr/bin/env python3
"""Runs a program as a container would: on a root of its own, which can only be read, as its user, without
privileges. What a container runtime does beside this, namespaces and filters, is not done.

    as_container.py ROOT FOLDER USER:GROUP PROGRAM WORD…

FOLDER is seen at the same place, and can only be read. As root."""

import ctypes
import os
import signal
import subprocess
import sys

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def main():
    root, folder, user, *command = sys.argv[1:]
    if os.environ.get("IN_ITS_ROOT") is None:
        os.environ["IN_ITS_ROOT"] = "yes"
        os.execvp("unshare", ["unshare", "--mount", "--propagation=private", sys.executable, "-B", *sys.argv])
    for place in ("/proc", folder):
        os.makedirs(root + place, exist_ok=True)
    mount("--bind", root, root)
    mount("-t", "proc", "proc", root + "/proc")
    mount("--bind", folder, root + folder)
    for place in (root, root + folder):
        mount("-o", "remount,bind,ro", place)
    uid, gid = map(int, user.split(":"))
    os.chroot(root)
    os.chdir("/")
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in ((PR_SET_NO_NEW_PRIVS, 1), (PR_SET_PDEATHSIG, signal.SIGKILL)):
        if libc.prctl(option, value, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
    os.execve(command[0], command, {"NODE_NAME": "node"})


if __name__ == "__main__":
    main()
