"""The text form of a program: a line for each statement, its blocks indented below it.

    streams 0 2
    group                                   # 0
      child
        send stream=1                       # 1
      body
        scope deadline=2                    # 2
          receive stream=1                  # 3

What follows a # is not read: the numbers are there because a trace names statements by them. A field that is
not written has its default.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import count
from typing import Any

from harness.errors import BadInput
from harness.fuzz.language import CAPACITIES, STREAMS, Program, blocks_of, numbers_of
from harness.fuzz.statements import KEYWORDS, NEVER, STATEMENTS, Block, Statement

_INDENT = "  "
_MARGIN = 40
"""The column in which the numbers of the statements stand."""

_UNWRITTEN = ("deadline", NEVER)

_LARGEST = 1000
"""The largest number that a program may hold, so that nobody waits for a year."""

_DEEPEST = 60


def write_program(program: Program) -> str:
    """A program in text form; `read_program` gives the same program back."""
    lines = [f"streams {' '.join(map(str, program.capacities))}"]
    lines.extend(_block_lines(program.body, 0, count()))
    return "\n".join(lines) + "\n"


def _block_lines(block: Block, depth: int, numbers: "count[int]") -> Iterator[str]:
    for statement in block:
        words = f"{_INDENT * depth}{_words(statement)}"
        yield f"{words:<{_MARGIN}}# {next(numbers)}"
        yield from _inner_lines(statement, depth + 1, numbers)


def _inner_lines(statement: Statement, depth: int, numbers: "count[int]") -> Iterator[str]:
    names = blocks_of(type(statement))
    for name in names:
        value = getattr(statement, name)
        if names == ("body",):
            yield from _block_lines(value, depth, numbers)
            continue
        label = "child" if name == "children" else name
        for block in value if name == "children" else (value,):
            yield f"{_INDENT * depth}{label}"
            yield from _block_lines(block, depth + 1, numbers)


def _words(statement: Statement) -> str:
    kind = type(statement)
    words = [KEYWORDS[kind]]
    for field in fields(kind):
        value = getattr(statement, field.name)
        if field.name not in numbers_of(kind) or value is False or (field.name, value) == _UNWRITTEN:
            continue
        words.append(field.name if value is True else f"{field.name}={value}")
    return " ".join(words)


def read_program(text: str) -> Program:
    """The program that a text says. Raises BadInput, naming the line that cannot be read."""
    lines = [*_lines(text)]
    capacities: tuple[int, ...] = (0,) * STREAMS
    if lines and lines[0].words[0] == "streams":
        capacities = _capacities(lines.pop(0))
    reader = _Reader(lines)
    body = reader.block(0)
    reader.expect_end()
    return Program(body, capacities)


class _Line:
    """One line: its number from 1, how deep it is indented, and its words."""

    def __init__(self, number: int, text: str) -> None:
        bare = text.partition("#")[0].rstrip()
        self.number = number
        self.words = bare.split()
        spaces = len(bare) - len(bare.lstrip(" "))
        self.depth, odd = divmod(spaces, len(_INDENT))
        if self.words and (odd or self.depth > _DEEPEST):
            raise self.wrong(f"is indented by {spaces} spaces; each level is {len(_INDENT)}")

    def wrong(self, why: str) -> BadInput:
        """The error to raise for this line."""
        return BadInput(f"line {self.number} of the program, {' '.join(self.words)!r}, {why}")


def _lines(text: str) -> Iterator[_Line]:
    for number, written in enumerate(text.splitlines(), start=1):
        line = _Line(number, written)
        if line.words:
            yield line


def _capacities(line: _Line) -> tuple[int, ...]:
    numbers = [_number(line, word) for word in line.words[1:]]
    if len(numbers) != STREAMS or any(number >= CAPACITIES for number in numbers):
        raise line.wrong(f"must name {STREAMS} capacities, each below {CAPACITIES}")
    return tuple(numbers)


def _number(line: _Line, word: str) -> int:
    if word.isascii() and word.isdecimal() and len(word) < len(str(_LARGEST)) + 1 and int(word) <= _LARGEST:
        return int(word)
    raise line.wrong(f"has {word!r} where a number from 0 to {_LARGEST} belongs")


class _Reader:
    """Reads lines from the first to the last."""

    def __init__(self, lines: Sequence[_Line]) -> None:
        self._lines = lines
        self._index = 0

    def _next(self, depth: int) -> _Line | None:
        """The next line if it stands at this depth; None if it stands further out, or there is none."""
        if self._index == len(self._lines):
            return None
        line = self._lines[self._index]
        if line.depth > depth:
            raise line.wrong("is indented more deeply than what it belongs to allows")
        return line if line.depth == depth else None

    def expect_end(self) -> None:
        """Raise BadInput if a line is left."""
        if self._index < len(self._lines):
            raise self._lines[self._index].wrong("belongs to no statement")

    def block(self, depth: int) -> Block:
        """The statements at this depth."""
        statements: list[Statement] = []
        while (line := self._next(depth)) is not None and line.words[0] in STATEMENTS:
            self._index += 1
            statements.append(self._statement(line, depth + 1))
        if line is not None and depth == 0:
            raise line.wrong(f"is no statement; there are {', '.join(STATEMENTS)}")
        return tuple(statements)

    def _statement(self, line: _Line, depth: int) -> Statement:
        kind = STATEMENTS[line.words[0]]
        values = dict(_field(line, kind, word) for word in line.words[1:])
        names = blocks_of(kind)
        if names == ("body",):
            values["body"] = self.block(depth)
        elif names:
            values.update(self._labelled(names, depth))
        return kind(**values)

    def _labelled(self, names: Sequence[str], depth: int) -> dict[str, Any]:
        children: list[Block] = []
        values: dict[str, Any] = {}
        while (line := self._next(depth)) is not None:
            label = line.words[0]
            if label == "child" and "children" in names:
                self._index += 1
                children.append(self.block(depth + 1))
            elif label in names and label != "children" and label not in values:
                self._index += 1
                values[label] = self.block(depth + 1)
            else:
                raise line.wrong(f"does not belong here; {' and '.join(map(_label, names))} do")
        if "children" in names:
            values["children"] = tuple(children)
        return values


def _label(name: str) -> str:
    return "child" if name == "children" else name


def _field(line: _Line, kind: type[Statement], word: str) -> tuple[str, Any]:
    name, equals, value = word.partition("=")
    if name not in numbers_of(kind):
        raise line.wrong(f"has {name!r}; it may have {', '.join(numbers_of(kind)) or 'no field'}")
    default = next(field.default for field in fields(kind) if field.name == name)
    if isinstance(default, bool) == bool(equals):
        raise line.wrong(f"has {word!r}; a switch stands alone, and a number follows its name and =")
    return name, _number(line, value) if equals else True
