"""Every command that an output prints is one that the program takes, and a record's can be planned again."""

import ast
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from harness.backends.backend import EnvironmentSpec
from harness.backends.registry import find_backend
from harness.records import store
from harness.records.plan import RIGOROUS
from harness.records.record import Record
from harness.report import Format, commands, render, render_short
from harness.report.formats.terminal import render_details
from tests.command_line import loopcmp, options, parse, program
from tests.kinds import KINDS
from tests.reading import read
from tests.records import (
    everything,
    fake_benchmark,
    observation,
    passed,
    plan,
    record_of,
    returned,
    seen_alike,
    twice,
    unmeasured,
)
from tests.strained import sixty_by_twelve
from tests.swept import swept

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for pattern in ("*.py", "*.j2", "*.js") for path in (ROOT / "harness").rglob(pattern))

PRINTED = re.compile(r"loopcmp ([a-z]+)((?: (?:-[\w-]+|[A-Z][A-Z/_-]*|[\w.]*/[\w./-]+))*)")
"""A command in a sentence, with the options, the placeholders and the paths that follow it at once."""

PROSE = {
    "as", "at", "does", "did", "do", "from", "has", "in", "into", "is", "itself", "measures", "of", "on",
    "or", "reads", "records", "site", "takes", "that", "to", "wait", "was",
}  # fmt: skip
"""Words that stand behind the name of the program in sentences about it."""


def of_benchmark(**changes: object) -> Record:
    """A record of one observed benchmark that has these parts."""
    benchmark = replace(fake_benchmark("order", returned(1)), **changes)  # type: ignore[arg-type]
    return record_of(plan(benchmark), *seen_alike(benchmark, twice(observation(returned(1)))))


def on_two_pythons() -> Record:
    """A record of one loop here and in an environment of its own."""
    benchmark = fake_benchmark("order", returned(1))
    alone = replace(find_backend("uvloop"), environment=EnvironmentSpec("old", "3.12 uvloop==0.21"))
    planned = replace(plan(benchmark), backends=(*plan(benchmark).backends, alone))
    return record_of(planned, *seen_alike(benchmark, twice(observation(returned(1)))))


def unlike_usual() -> Record:
    """A record of a plan that differs from the usual in all that can be typed."""
    benchmark = fake_benchmark("order", returned(1))
    effort = replace(RIGOROUS, precision=0.05, max_seconds=90.0)
    planned = replace(plan(benchmark, effort=effort, margin=0.02), timeout=5.0, passes=("latency",))
    return record_of(planned, *seen_alike(benchmark, twice(observation(returned(1)))))


RECORDS: Mapping[str, Callable[[], Record]] = {
    **KINDS,
    "passes": passed,
    "unmeasured": unmeasured,
    "sixty by twelve": sixty_by_twelve,
    "a sweep": lambda: swept(1e-6, 2e-5, 2e-4),
    "a file of one's own": lambda: of_benchmark(module="mine.py"),
    "an application": lambda: of_benchmark(module="mine:app", app="mine:app", parameters=(("path", "/"),)),
    "two Pythons": on_two_pythons,
    "unlike the usual": unlike_usual,
}


def of_page(page: str) -> Iterator[str]:
    """Yield every command that a page has in a place of its own."""
    for block in read(page).all("pre", kind="command"):
        yield from re.findall(r"loopcmp .*?(?= loopcmp | python -m |$)", block.text)


def of_markdown(text: str) -> Iterator[str]:
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        yield from (line for line in block.splitlines() if line.startswith("loopcmp "))


def printed(record: Record) -> Iterator[str]:
    """Yield every command that any format of a record prints."""
    for form in (Format.MARKDOWN, Format("html")):
        text = render(record, form)
        yield from of_page(text) if form == Format("html") else of_markdown(text)
    yield from of_markdown(render_short(record))
    yield from re.findall(r"To quote: (loopcmp .*)", render_details(record))
    yield commands.whole(record)
    yield commands.one_benchmark(record)


@pytest.mark.parametrize("kind", RECORDS)
def test_every_command_that_a_record_prints_is_one_that_the_program_takes(kind: str) -> None:
    lines = list(dict.fromkeys(printed(RECORDS[kind]())))
    assert lines
    for line in lines:
        words = shlex.split(line)
        assert words[0] == "loopcmp"
        parse(words[1:])


@pytest.mark.parametrize(
    ("typed", "printed_again"),
    [
        ("loopcmp run tutorial --fast --seed 7 --publish mine", "loopcmp run tutorial"),
        ("loopcmp run --fast --seed=7 --publish=mine --no-progress order", "loopcmp run order"),
        ("loopcmp run -b uvloop@old --env 'old=3.12 uvloop==0.21' --fast", None),
    ],
)
def test_the_command_of_a_first_look_is_typed_again_without_what_made_it_one(
    typed: str, printed_again: str | None
) -> None:
    record = everything()
    again = commands.without_fast(replace(record, run=replace(record.run, command=typed)))
    assert not {"--fast", "--seed", "--seed=7", "--publish"} & set(shlex.split(again))
    assert printed_again in (None, again)
    parse(shlex.split(again)[1:])


def told() -> Iterator[tuple[str, str, list[str]]]:
    """Yield every command in a text of the program: its file, its name, and the words that follow at once."""
    for path in SOURCES:
        for text in _texts(path):
            for name, rest in PRINTED.findall(" ".join(text.split())):
                yield path.relative_to(ROOT).as_posix(), name, rest.split()


def _texts(path: Path) -> Iterator[str]:
    """Yield the texts of a file; of Python, what stands between quotes and is no docstring."""
    text = path.read_text()
    if path.suffix != ".py":
        yield text
        return
    tree = ast.parse(text)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in (node for node in ast.walk(tree) if id(node) not in docstrings):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "FILLED" for part in node.values)
            yield "".join(map(str, parts))


def test_every_command_and_option_that_the_program_tells_exists() -> None:
    found = [each for each in told() if each[1] not in PROSE]
    assert {"audit", "check", "fuzz", "gate", "host", "merge", "report", "resume", "run"} <= {
        name for _, name, _ in found
    }
    for file, name, words in found:
        assert name in program().commands, (file, name)
        named = {word for word in words if word.startswith("-")}
        assert named <= options(program().commands[name]), (file, name, named)


@pytest.mark.workers
@pytest.mark.parametrize("name", ["2026-11-25-tutorial", "2026-11-25-latency"])
def test_the_command_that_repeats_a_published_record_can_be_planned_today(name: str, tmp_path: Path) -> None:
    record = store.read_record(ROOT / "results" / name)
    words = shlex.split(commands.whole(record))[1:]
    done = loopcmp(tmp_path, *words, "--estimate")
    assert done.returncode == 0, done.stderr
    assert f"{len(record.results)} benchmark" in done.stdout
