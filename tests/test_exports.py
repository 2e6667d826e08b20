"""Formats that other programs read, against what those programs declare.

The declarations are restated here: github-action-benchmark's `BenchmarkResult` (src/extract.ts) and its
reading of ranges (src/extractRangeInfo.ts); Bencher's JSON Schema (https://bencher.dev/bmf.json).
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from harness.report import Format, render
from tests.records import everything

GOLDEN = Path(__file__).parent / "golden" / "exports"


def steady(text: str) -> str:
    """Text whose long numbers have nine digits: the last ones differ between mathematical libraries."""
    return re.sub(r"\d+\.\d{9,}(?:e-\d+)?", lambda number: f"{float(number[0]):.9g}", text)


@pytest.mark.parametrize("form", ["github", "bencher"])
def test_an_export_looks_as_it_did(form: str) -> None:
    found, path = steady(render(everything(), Format(form))), GOLDEN / f"{form}.json"
    if os.environ.get("LOOPCMP_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(found)
    assert found == path.read_text()


def numbered() -> int:
    return sum(cell.timing is not None for line in everything().results for cell in line.cases)


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def test_every_entry_for_github_action_benchmark_is_one_it_declares() -> None:
    entries: list[dict[str, Any]] = json.loads(render(everything(), Format.GITHUB))
    for entry in entries:
        assert set(entry) <= {"name", "value", "unit", "range", "extra"}
        assert is_number(entry["value"])
        assert all(isinstance(entry[key], str) for key in set(entry) - {"value"})
        if "range" in entry:
            read = re.search(r"(\+-|±)\s*(\d.+)", entry["range"])
            assert read is not None
            assert float(read[2]) >= 0
    assert {entry["unit"] for entry in entries} == {"us", "ratio", "bytes", "share", "count"}
    names = [entry["name"] for entry in entries]
    assert len(names) == len(set(names))
    assert sum(not re.search(r", [a-zA-Z ]+$", name) for name in names) == numbered()


def test_bencher_metric_format_keeps_its_schema() -> None:
    cases: dict[str, dict[str, dict[str, Any]]] = json.loads(render(everything(), Format.BENCHER))
    assert len(cases) == numbered()
    for name, measures in cases.items():
        assert 0 < len(name) <= 1024
        for measure, metric in measures.items():
            assert re.fullmatch(r"[a-z][a-z-]{0,63}", measure)
            assert "value" in metric
            assert set(metric) <= {"value", "lower_value", "upper_value"}
            assert all(map(is_number, metric.values()))
            assert metric.get("lower_value", metric["value"]) <= metric["value"]
            assert metric.get("upper_value", metric["value"]) >= metric["value"]


def test_a_case_without_a_number_is_in_no_export() -> None:
    for form in ("github", "bencher"):
        assert "turns on trio+nursery" not in render(everything(), Format(form))
        assert "turns on uvloop+gather" in render(everything(), Format(form))
