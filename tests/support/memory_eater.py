"""Eats memory: up to so many MiB, which it then keeps, or for ever. Whoever is short of memory ends it first."""

import signal
import sys

MIB = 1 << 20


def main():
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    most = int(sys.argv[1]) if len(sys.argv) > 1 else None
    eaten = []
    while most is None or len(eaten) < most:
        eaten.append(b"x" * MIB)
    signal.pause()


if __name__ == "__main__":
    main()
