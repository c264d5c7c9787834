"""The man page and the completion of bash, made of what the program itself says with --help: they have
every command and flag, and no word that is not the program's."""

import re
import subprocess
from dataclasses import dataclass, field

NAME = "mesh_exporter"
_FLAG = re.compile(r"^  (--[a-z.-]+)(?:=(\S+))? {2,}(\S.*)$")
_COMMAND = re.compile(r"^  ([a-z]+) {2,}(\S.*)$")
_CHOICE = re.compile(r"(?:^|: |^By )((?:\w+, )*\w+ or \w+)\.$")


class Unreadable(Exception):
    """A line of --help that is none of the forms known here, so that it would be lost."""


@dataclass
class Flag:
    name: str  # "--log.level"
    value: str  # "info": the default, or what it stands for; "" of a switch
    meaning: str

    def choices(self):
        """The words that may be its value, where the meaning lists them."""
        found = _CHOICE.search(re.sub(r" \([^)]*\)", "", self.meaning))
        words = re.split(r", | or ", found[1]) if found else []
        return words if self.value in words else []

    def is_file(self):
        return self.value == "PATH" or self.name.endswith("file")


@dataclass
class Help:
    usage: list = field(default_factory=list)
    paragraphs: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    commands: list = field(default_factory=list)  # [(title, [(name, purpose)])]


def parse(text):
    """What --help says, in parts."""
    parts = Help()
    for block in text.strip("\n").split("\n\n"):
        first, *lines = block.split("\n")
        if first.startswith("usage: "):
            parts.usage = [line.removeprefix("usage: ").strip() for line in (first, *lines)]
        elif first == "Flags:":
            parts.flags = [Flag(*(part or "" for part in _matched(_FLAG, line))) for line in lines]
        elif first.endswith(":"):
            parts.commands.append((first[:-1], [_matched(_COMMAND, line) for line in lines]))
        else:
            parts.paragraphs.append(" ".join((first, *lines)))
    return parts


def _matched(form, line):
    found = form.match(line)
    if not found:
        raise Unreadable(line)
    return found.groups()


def ask(program, *words):
    return subprocess.run([program, *words], stdout=subprocess.PIPE, text=True, check=True, timeout=60).stdout


def helps(program):
    """{"": the program's own Help, command: its}"""
    own = parse(ask(program, "--help"))
    names = [name for _, commands in own.commands for name, _ in commands]
    return {"": own, **{name: parse(ask(program, name, "--help")) for name in names}}


def _roff(text):
    """As roff shows it: no line is a request, and a hyphen can be copied into a shell."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + escaped if escaped[:1] in (".", "'") else escaped


def _flags(flags):
    for flag in flags:
        value = f"=\\fI{_roff(flag.value)}\\fR" if flag.value else ""
        yield from (".TP", f"\\fB{_roff(flag.name)}\\fR{value}", _roff(flag.meaning))


def _usage(lines):
    yield ".nf"
    yield from (_roff(line) for line in lines)
    yield ".fi"


def man_page(all_helps, version, purpose):
    """The page for section 1. `purpose`: what stands in lists of pages, in one line."""
    own = all_helps[""]
    lines = [f'.\\" Made of what {NAME} \\-\\-help says.',
             f'.TH {NAME.upper()} 1 "" "{NAME} {version}" "User Commands"',
             ".SH NAME", f"{NAME} \\- {_roff(purpose)}",
             ".SH SYNOPSIS", *_usage(own.usage), ".SH DESCRIPTION"]
    for paragraph in own.paragraphs:
        lines += [".PP", _roff(paragraph)]
    lines += [".SH OPTIONS", *_flags(own.flags), ".SH COMMANDS"]
    for title, commands in own.commands:
        lines += [".PP", _roff(title) + ":"]
        for name, purpose_of_it in commands:
            lines += [".TP", f"\\fB{name}\\fR", _roff(purpose_of_it)]
    for name, one in all_helps.items():
        if name:
            lines += [f".SS {name}", *_usage(one.usage)]
            for paragraph in one.paragraphs:
                lines += [".PP", _roff(paragraph)]
            lines += list(_flags(one.flags))
    return "\n".join(lines) + "\n"


def _reply(flag):
    """What bash is to offer for the value of this flag; "": nothing, for anybody may name things as he likes."""
    if flag.choices():
        return f'mapfile -t COMPREPLY < <(compgen -W "{" ".join(flag.choices())}" -- "$word")'
    if flag.is_file():
        return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word")'
    return ""


def _values(all_helps):
    whose = {}  # {reply: patterns}
    for command, one in all_helps.items():
        for flag in one.flags:
            if flag.value:
                whose.setdefault(_reply(flag), []).append(f'"{command} {flag.name}"')
    for reply, patterns in whose.items():
        yield "    " + " | \\\n      ".join(patterns) + ")"
        yield f"      {reply}\n      return ;;" if reply else "      return ;;"


def _words(all_helps):
    for command, one in all_helps.items():
        words = " ".join(flag.name + ("=" if flag.value else "") for flag in one.flags)
        yield f'    "{command}") words="{words}" ;;'


_COMPLETION = """\
# Completion of {name} for bash, made of what its --help says.
_{name}() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command= flag= words=
  COMPREPLY=()
  case $COMP_CWORD:${{COMP_WORDS[1]}} in
    1:*) ;;
    {commands}) command=${{COMP_WORDS[1]}} ;;
  esac
  # A flag's value: bash has the words "--flag", "=" and "value", or "--flag" and "value".
  case $word:$before in
    =:--*) flag=$before word= ;;
    *:=) flag=${{COMP_WORDS[COMP_CWORD - 2]}} ;;
    *:--*) flag=$before ;;
  esac
  case "$command $flag" in
{values}
  esac
  case $command in
{words}
  esac
  [ "$COMP_CWORD" -gt 1 ] || words+=" {offered}"
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  if [[ ${{COMPREPLY[0]-}} == *= ]]; then compopt -o nospace; fi
}}
complete -F _{name} {name}
"""


def completion(all_helps):
    names = [name for name in all_helps if name]
    return _COMPLETION.format(
        name=NAME, offered=" ".join(names), commands=" | ".join("*:" + name for name in names),
        values="\n".join(_values(all_helps)), words="\n".join(_words(all_helps)))
