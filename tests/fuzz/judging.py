"""Traces as tests write them down, and the judgement on them."""

import re
from textwrap import dedent

from harness.fuzz.specification.family import ASYNCIO, Family
from harness.fuzz.specification.machine import Entry
from harness.fuzz.specification.search import judge
from harness.fuzz.text import read_program


def trace(words: str) -> list[Entry]:
    """Entries as they are read: `instant task kind statement value`."""
    entries: list[Entry] = []
    for line in dedent(words).strip().splitlines():
        instant, task, kind, number, value = line.split(maxsplit=4)
        plain: object = int(value) if re.fullmatch(r"-?\d+", value) else value
        plain = {"True": True, "False": False}.get(value, plain)
        entries.append((int(task), kind, int(number), plain, int(instant)))
    return entries


def judged(program: str, words: str, family: Family = ASYNCIO) -> str:
    return judge(read_program(program), trace(words), family).judgement.value
