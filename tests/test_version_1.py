"""Every figure and verdict of a run and an audit of version 1 is read as it was written.

They are two of the eight records that were published in version 1, as they were then; before those were
rewritten, this held for every one of their 121,962 figures and 2,859 verdicts, and for their journals.

The raw JSON is walked on its own, without anything of the code that reads version 1: each name that a field
had there stands here a second time, beside where its value is to be found.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.records.store import open_journal, read_record

pytestmark = pytest.mark.long

FOLDERS = [Path(__file__).with_name("version_1") / name for name in ("run", "audit")]

Leaf = str | int | float | bool | None

WORDS = {
    "again": "self_test", "again_excludes": "self_test_differs", "alone": "one_at_a_time", "also": "passes",
    "at": "first_line", "because": "reason", "begun": "run", "beside": "pass_name", "budget": "max_seconds",
    "cells": "cases", "closed": "finished", "compared": "comparisons", "complaints": "diagnostics",
    "due": "factor", "elsewhere": "environments", "environment": "machine", "exactly": "fixed_rounds",
    "excluding": "differing", "farewell": "summary", "fault": "failure", "finding": "verdict",
    "finished": "stop_reason", "found": "sentences", "full": "full_collections", "helping": "helper_cpu",
    "left": "leaks", "lines": "results", "on_trial": "audit", "on_two": "on_two_cpus", "pace": "settings",
    "part": "aspect", "parting": "mismatch", "pilot": "pilot_rounds", "played": "round",
    "repeats": "self_test", "row": "benchmark", "rows": "benchmarks", "said": "output",
    "seen": "observations", "sightings": "processes", "sketched": "sketch", "spread": "variance",
    "venv": "environment", "wording": "message",
}  # fmt: skip
"""What a field of version 1 is called now, wherever it stands but for the places below."""

PLACES = {
    ("prints", "lines"): "lines",
    ("effort", "value"): "value_seconds",
    ("finding", "verdict"): "kind",
}
"""Fields whose name depends on the field that holds their object."""

METRICS = {
    "seconds": "seconds",
    "cpu": "cpu_seconds",
    "switches": "context_switches",
    "collecting": "collecting_share",
    "peak": "peak_bytes",
    "startup": "startup_cpu_seconds",
}
"""The fields of a timing that stand together now, under these names."""

VALUES = {
    "agrees": "same result",
    "differs as documented": "known difference",
    "differs": "different result",
    "faster": "less time",
    "slower": "more time",
    "not resolved": "no clear difference",
    "A/A": "self-test",
}
"""What verdicts, judgements and the baseline's second arm are called now."""

CONSTANT = {"warmups": 1, "first_look": 20, "step": 5}
"""What every effort of version 1 repeated."""


def flat(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Leaf]]:
    """Every leaf of a JSON value with its path."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from flat(inner, (*path, key))
        case list() | tuple():
            for index, inner in enumerate(value):
                yield from flat(inner, (*path, str(index)))
        case _:
            yield path, value


def now_called(path: tuple[str, ...]) -> tuple[str, ...]:
    """The path of version 2 of a path of version 1."""
    words = iter(renamed(tuple(name for name in path if not name.isdigit())))
    return tuple(word for part in path for word in ((part,) if part.isdigit() else next(words)))


@cache
def renamed(names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Where each name of a path leads now: to one name, or for a metric to two."""
    return tuple(map(new_names, ("", *names), names))


def new_names(holder: str, name: str) -> tuple[str, ...]:
    if holder == "timing" and name in METRICS:
        return "metrics", METRICS[name]
    return (PLACES.get((holder, name), WORDS.get(name, name)),)


QUANTILES = {"0": (0.5, "p50"), "1": (0.99, "p99"), "2": (0.999, "p99.9")}
"""The quantiles of a latency by their places in version 1, and what they are called."""

PASSES = {
    ("full", "seconds"): ("collections", "full_collection_seconds"),
    ("full", "share"): ("collections", "full_collection_share"),
    ("full", "count"): ("collections", "full_collections"),
    ("on_two", "seconds"): ("threads", "two_cpus_seconds"),
    ("on_two", "cpu"): ("threads", "two_cpus_cpu_seconds"),
    ("on_two", "ratio"): ("threads", "two_cpus_time_ratio"),
}
"""The fields of a timing's passes, and the pass and the figure under whose names they stand now."""


def in_pass(words: tuple[str, ...]) -> tuple[str, ...]:
    """Where the words of a path behind its timing lead now, if they are about a pass."""
    match words:
        case (field,):
            return ({"latency": "latency", "full": "collections", "on_two": "threads"}[field],)
        case ("latency", "operations"):
            return ("latency", "numbers", "operations")
        case ("latency", "quantiles", place, name, *rest):
            return ("latency", "figures", f"latency_{QUANTILES[place][1]}_{name}", "estimate", *rest)
        case (("full" | "on_two") as field, name, *rest):
            pass_name, figure = PASSES[field, name]
            return (pass_name, "figures", figure, "estimate", *rest)
    raise ValueError(words)


def new_word(path: tuple[str, ...], value: Leaf) -> Leaf:
    """What a verdict, a judgement or the self-test's arm is called now; anything else is as it was."""
    *holders, name = path
    is_verdict = name == "verdict" and holders[-1:] == ["finding"]
    if isinstance(value, str) and (is_verdict or name in {"judgement", "arm"}):
        return VALUES.get(value, value)
    return value


class Compared:
    """Counts what is equal, and gathers what is not."""

    def __init__(self) -> None:
        self.equal: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.branches: set[tuple[str, ...]] = set()
        """The paths in what passes said that lead to more than one value."""

    def leaves(self, before: Any, after: Any) -> None:
        """Hold every leaf of a value of version 1 against that of version 2."""
        leaves = dict(flat(msgspec.to_builtins(after)))
        in_passes = ((path, path.index("passes")) for path in leaves if "timing" in path and "passes" in path)
        self.branches = {path[:end] for path, start in in_passes for end in range(start + 2, len(path))}
        for path, value in flat(before):
            self.one(path, value, leaves)

    def one(self, path: tuple[str, ...], value: Leaf, leaves: dict[tuple[str, ...], Leaf]) -> None:
        *holders, name = path
        new = now_called(path)
        if holders and holders[-1] == "effort" and name in CONSTANT:
            self.note("constants", value == CONSTANT[name], path)
        elif name == "version" and path[-2:-1] in {(), ("begun",)}:
            self.note("versions", value == 1, path)
        elif name == "of" and "quantiles" in holders:
            self.note("figures", value == QUANTILES[holders[-1]][0], path)
        elif "timing" in holders and {*path} & {"latency", "full", "on_two"}:
            self.of_pass(path, value, leaves)
        elif name in {"finished", "measured_in"} and "closed" not in path:
            self.reason(path, name, value, leaves)
        else:
            kind = "figures" if isinstance(value, int | float) and not isinstance(value, bool) else "words"
            kind = "verdicts" if name in {"verdict", "judgement"} else kind
            absent = value is None and "metrics" in new  # a metric that was not measured is left out now
            self.note(kind, absent or (new in leaves and same(leaves[new], new_word(path, value))), path)

    def of_pass(self, path: tuple[str, ...], value: Leaf, leaves: dict[tuple[str, ...], Leaf]) -> None:
        """What a pass said stands under its name now; what it did not say is absent."""
        end = path.index("timing") + 1
        new = (*now_called(path[:end]), "passes", *in_pass(path[end:]))
        is_absent = value is None and new not in self.branches
        self.note("figures", is_absent or (new in leaves and same(leaves[new], value)), path)

    def reason(
        self, path: tuple[str, ...], name: str, value: Leaf, leaves: dict[tuple[str, ...], Leaf]
    ) -> None:
        """Why a benchmark stopped is a value now, which says the same sentence."""
        where = (*now_called(path[:-1]), "stop_reason")
        detail, kind = leaves.get((*where, "detail")), leaves.get((*where, "kind"))
        if name == "measured_in":
            self.note("reasons", (detail if kind == "measured with" else "") == value, path)
        else:
            number = leaves.get((*where, "number"))
            self.note("reasons", sentence(kind, number, detail) == value, path)

    def note(self, kind: str, equal: bool, path: tuple[str, ...]) -> None:
        self.equal[kind] += equal
        if not equal:
            self.wrong.append("/".join(path))


def same(one: Leaf, other: Leaf) -> bool:
    """Equal in value and in type, but that JSON writes some whole numbers without a point."""
    if isinstance(one, float) and isinstance(other, int) and not isinstance(other, bool):
        return one == other
    return type(one) is type(other) and one == other


def sentence(kind: Leaf, number: Leaf, detail: Leaf) -> str:
    """The sentence by which version 1 said such a reason."""
    if kind is None:
        return ""
    assert isinstance(number, float | int)
    sentences = {
        "precision": f"every interval is within ±{number * 100:.1f}%",
        "time": f"{number:g} s are over",
        "rounds": f"{number:.0f} rounds, as --{detail} asks",
        "measured with": f"measured in the rounds of {detail}",
    }
    return sentences.get(str(kind), str(detail))


@cache
def record_compared(folder: Path) -> Compared:
    """A record's raw JSON beside the record that is read of it."""
    compared = Compared()
    compared.leaves(
        json.loads(gzip.decompress((folder / "record.json.gz").read_bytes())), read_record(folder)
    )
    return compared


@cache
def journal_compared(folder: Path) -> Compared:
    """A journal's raw lines beside the entries that are read of it."""
    compared = Compared()
    begun, entries = open_journal(folder)
    lines = map(json.loads, raw_lines(folder))
    compared.leaves(next(lines)["entry"], begun)
    for line, entry in zip(lines, entries, strict=True):
        raw = line["entry"]
        if line["kind"] == "Finished":
            reason = entry.reason  # type: ignore[union-attr]
            compared.note("reasons", str(reason) == raw.pop("because"), ("because",))
        compared.leaves(raw, entry)
    return compared


def raw_lines(folder: Path) -> list[bytes]:
    return gzip.decompress((folder / "journal.jsonl.gz").read_bytes()).splitlines()


by_folder = pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])


@by_folder
def test_a_record_holds_every_figure_and_verdict_that_was_written(folder: Path) -> None:
    compared = record_compared(folder)
    assert compared.wrong == []
    assert compared.equal["figures"] > 100
    assert compared.equal["verdicts"] > 0


@by_folder
def test_a_journal_holds_every_figure_that_was_written(folder: Path) -> None:
    compared = journal_compared(folder)
    assert compared.wrong == []
    assert compared.equal["figures"] > 100


def test_the_figures_that_are_compared_are_many() -> None:
    counted = sum((record_compared(folder).equal for folder in FOLDERS), Counter())
    journaled = sum((journal_compared(folder).equal for folder in FOLDERS), Counter())
    print(f"records: {dict(counted)}; journals: {dict(journaled)}")  # noqa: T201 - said by pytest -rP
    assert counted["figures"] > 10_000
    assert counted["verdicts"] > 100
    assert journaled["figures"] > 20_000
