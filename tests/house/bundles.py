#!/usr/bin/env python3
"""Which files of C++ can be one translation unit: most of what a compiler does for a file of ours it
does for its headers, once for a whole bundle. Those that name something alike in an unnamed namespace
cannot be in one.

    tests/house/bundles.py FILE…

prints, for CMakeLists.txt, the number of each file's bundle, in the files' order.
"""

import pathlib
import re
import sys

BUNDLE_SIZE = 12
UNNAMED = re.compile(r"^namespace \{$(.*?)^\}  // namespace$", re.DOTALL | re.MULTILINE)
# What a line at the margin names: a type, several constants, or a function or variable.
TYPE = re.compile(r"(?:template.*>\s*)?(?:struct|class|enum(?: class)?|using|concept)\s+(\w+)")
CONSTANT = re.compile(r"(\w+)(?:\[\w*\])?\s*(?:=|\{)")
# What only says whose name is meant may be said twice.
ELSEWHERE = re.compile(r"namespace |using (?:\w+::)+\w+;")
NAMED = re.compile(r"(\w+)(?:\[\w*\])?\s*[(={;]")


def unnamed_names(file):
    names = set()
    for body in UNNAMED.findall(file.read_text()):
        for line in body.splitlines():
            if not line[:1].isalpha() or ELSEWHERE.match(line):
                continue
            if line.startswith("constexpr"):
                names.update(CONSTANT.findall(line))
            named = TYPE.match(line) or NAMED.search(line)
            if named:
                names.add(named.group(1))
    return names


def bundled(files):
    bundles = []  # of (files, their names)
    for file in files:
        names = unnamed_names(file)
        for members, taken in bundles:
            if len(members) < BUNDLE_SIZE and not taken & names:
                members.append(file)
                taken |= names
                break
        else:
            bundles.append(([file], names))
    return [members for members, _ in bundles]


def main():
    files = [pathlib.Path(name) for name in sys.argv[1:]]
    number = {file: index for index, bundle in enumerate(bundled(files)) for file in bundle}
    print(";".join(str(number[file]) for file in files))


if __name__ == "__main__":
    main()
