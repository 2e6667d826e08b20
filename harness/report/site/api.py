"""The JSON API of a site: static files, and the schema that stands beside them."""

from typing import TypeVar

import msgspec

from harness.report.json_text import json_text
from harness.report.site.history import CaseHistory
from harness.report.site.summary import MachineSummary, RecordSummary

T = TypeVar("T")

API = "api/v2"
"""The folder of the API, named for its version."""

INDEX = f"{API}/index.json"
"""The index of the JSON API, the last file that a build writes but for the manifest."""


class RecordIndex(msgspec.Struct, frozen=True):
    """The index of the JSON API: the records, newest first, and the version of what made the site."""

    made_by: str
    records: tuple[str, ...]


class ScenarioHistory(msgspec.Struct, frozen=True):
    """A scenario over time: a series for each benchmark, backend, baseline, machine and builds of Python."""

    name: str
    series: tuple["SeriesFigures", ...]


class SeriesFigures(msgspec.Struct, frozen=True):
    """A series: the records it comes from, oldest first, its verdicts, its time ratios, and where it changed.

    The ratios are to `baseline`; `build` and `baseline_build` are the kinds of Python that the two ran
    on, empty where an environment could not be made. `changed` names the records that begin a new level.
    """

    benchmark: str
    backend: str
    build: str
    baseline: str
    baseline_build: str
    machine: MachineSummary
    records: tuple[str, ...]
    verdicts: tuple[str, ...]
    ratios: tuple[float | None, ...]
    changed: tuple[str, ...]


def schema() -> str:
    """Return the JSON Schema of every file of the API, one definition for each kind of file."""
    kinds = (RecordIndex, RecordSummary, ScenarioHistory)
    _, definitions = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The JSON API of a loopcmp site",
        "description": (
            "index.json is a RecordIndex, each of records/*.json a RecordSummary, "
            "and each of scenarios/*.json a ScenarioHistory."
        ),
        "oneOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in kinds],
        "$defs": definitions,
    }
    return json_text(whole) + "\n"


def encode(value: object) -> str:
    """Return the text of a file of the API."""
    return json_text(value, indent=0) + "\n"


def decode(data: bytes, kind: type[T]) -> T | None:
    """Return what a file of the site holds; None where it is something else."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None


def series_figures(series: CaseHistory) -> SeriesFigures:
    """Return a series as the API shows it."""
    points = series.points
    return SeriesFigures(
        benchmark=series.benchmark,
        backend=series.backend,
        build=series.build,
        baseline=series.baseline,
        baseline_build=series.baseline_build,
        machine=series.machine,
        records=tuple(point.summary.name for point in points),
        verdicts=tuple(point.case.verdict for point in points),
        ratios=tuple(point.case.ratio.value if point.case.ratio else None for point in points),
        changed=tuple(point.summary.name for point in points if point.changed),
    )
