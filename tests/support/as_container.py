#!/usr/bin/env python3
"""Runs a program as a container runtime would: on a root of its own with what is mounted there, as its user, with
the capabilities that it was given and no others, as process 1 of processes of its own. It shares the machine's
network, and the runtime's filter of system calls, AppArmor and SELinux are not there.

    as_container.py FILE [WORD…]

FILE is a specification as JSON; `command` makes it. The words come after those of its command. SIGTERM goes on to the program, whose exit code is
that of this one. As root."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID = 0x20000, 0x4000000, 0x8000000, 0x20000000
PR_SET_PDEATHSIG, PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 23, 24, 38
CAPABILITIES = {"SYS_PTRACE": 19, "SYS_ADMIN": 21}
MADE = ("/proc", "/dev")  # in the root, for what every container has
DEVICES = ("null", "zero", "full", "random", "urandom")
# Python passes them over, and what it starts would, too.
PASSED_OVER = (signal.SIGPIPE, signal.SIGXFSZ)
PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_libc = ctypes.CDLL(None, use_errno=True)


def specification(root, command, user, mounts=(), **more):
    """`root`: a folder, in which places for mounts are made. `user`: (uid, gid). `mounts`: (source, place, whether
    it may be written), each a folder or a file. `more`: environment, hostname, capabilities to be added,
    may_write_root, sees_all_processes."""
    return {"root": root, "command": command, "user": user, "mounts": list(mounts), "environment": {},
            "hostname": "container", "capabilities": [], "may_write_root": False, "sees_all_processes": False,
            **more}


def command(folder, spec):
    """What runs it; the specification is kept in that folder."""
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix="container-", suffix=".json", delete=False) as file:
        json.dump(spec, file)
    return [sys.executable, "-B", os.path.abspath(__file__), file.name]


def child_of(pid):
    """The program that is run by the one of command(), as the machine numbers it."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        child, = map(int, file.read().split())
    return child


def _call(function, *arguments):
    if function(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f"{function.__name__}{arguments}: {os.strerror(ctypes.get_errno())}")


def _mount(*words):
    subprocess.run(["mount", *words], check=True)


def _bind(source, place):
    """At a place that is made for it, as a runtime does."""
    if os.path.isdir(source):
        os.makedirs(place, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "ab"):
            pass
    _mount("--rbind", source, place)


def _make_root(spec):
    root = spec["root"]
    _mount("--make-rprivate", "/")
    _mount("--bind", root, root)
    for place in MADE:
        os.makedirs(root + place, exist_ok=True)
    _mount("-t", "proc", "proc", root + "/proc")
    _mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", root + "/dev")
    for name in DEVICES:
        _bind("/dev/" + name, f"{root}/dev/{name}")
    for source, place, _ in spec["mounts"]:
        _bind(source, root + place)
    only_read = [root + place for _, place, may_write in spec["mounts"] if not may_write]
    for place in [*only_read, *([] if spec["may_write_root"] else [root])]:
        _mount("-o", "remount,bind,ro", place)


def _give_up_rights(spec):
    kept = {CAPABILITIES[name] for name in spec["capabilities"]}
    number = 0
    while _libc.prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0:
        if number not in kept:
            _call(_libc.prctl, PR_CAPBSET_DROP, number, 0, 0, 0)
        number += 1
    uid, gid = spec["user"]
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    _call(_libc.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _call(_libc.prctl, PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # setuid takes it away: last


def _become(spec):
    _make_root(spec)
    _call(_libc.sethostname, spec["hostname"].encode(), len(spec["hostname"].encode()))
    os.chroot(spec["root"])
    os.chdir("/")
    _give_up_rights(spec)
    for number in PASSED_OVER:
        signal.signal(number, signal.SIG_DFL)
    os.execve(spec["command"][0], [*spec["command"], *sys.argv[2:]], spec["environment"])


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = json.load(file)
    processes = 0 if spec["sees_all_processes"] else CLONE_NEWPID
    _call(_libc.unshare, CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | processes)
    signal.pthread_sigmask(signal.SIG_BLOCK, PASSED_ON)
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
        _become(spec)
    for number in PASSED_ON:
        signal.signal(number, lambda number, _: os.kill(child, number))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
