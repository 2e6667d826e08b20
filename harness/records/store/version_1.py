"""Documents of version 1 are read as version 2: the same facts under the names that they have now.

What version 1 did not record stays absent; nothing is computed anew.
"""

from typing import Any

VERSION = 1
"""The version that is read here; see `harness.records.entries.VERSION` for the one that is written."""

KINDS = {
    "Begun": "run-started",
    "Observed": "case-observed",
    "Paced": "benchmark-calibrated",
    "Played": "round-measured",
    "PlayedBeside": "pass-round-measured",
    "Dropped": "arm-dropped",
    "Finished": "benchmark-finished",
    "Tried": "trial-result",
    "Closed": "run-finished",
}
"""The kinds of a journal's entries, which were the names of classes."""

_NAMES = {
    "again": "self_test",
    "again_excludes": "self_test_differs",
    "alone": "one_at_a_time",
    "also": "passes",
    "at": "first_line",
    "because": "reason",
    "begun": "run",
    "beside": "pass_name",
    "budget": "max_seconds",
    "cells": "cases",
    "closed": "finished",
    "compared": "comparisons",
    "complaints": "diagnostics",
    "due": "factor",
    "elsewhere": "environments",
    "environment": "machine",
    "exactly": "fixed_rounds",
    "excluding": "differing",
    "farewell": "summary",
    "fault": "failure",
    "finding": "verdict",
    "finished": "stop_reason",
    "found": "sentences",
    "full": "full_collections",
    "helping": "helper_cpu",
    "left": "leaks",
    "lines": "results",
    "on_trial": "audit",
    "on_two": "on_two_cpus",
    "pace": "settings",
    "part": "aspect",
    "parting": "mismatch",
    "pilot": "pilot_rounds",
    "played": "round",
    "repeats": "self_test",
    "row": "benchmark",
    "rows": "benchmarks",
    "said": "output",
    "seen": "observations",
    "sightings": "processes",
    "sketched": "sketch",
    "spread": "variance",
    "venv": "environment",
    "wording": "message",
}
"""The names of fields that have another name now, wherever they stand but for the shapes below."""

_SHAPES: tuple[tuple[str, dict[str, str]], ...] = (
    ("any_order", {"lines": "lines"}),  # a promise of printed lines
    ("first_look", {"value": "value_seconds"}),  # an effort
    ("mean_ratio", {"peak": "peak_memory"}),  # a timing
    ("parting", {"verdict": "kind"}),  # a verdict
)
"""Fields whose new name depends on the shape that they stand in, which is known by another of its fields."""


def upgrade(document: Any) -> Any:
    """Give a JSON value of version 1 the names of version 2, all the way down."""
    match document:
        case dict():
            names = _names(document)
            return _with_words(
                _with_metrics(
                    {names.get(str(key), str(key)): upgrade(value) for key, value in document.items()}
                )
            )
        case list():
            return [upgrade(value) for value in document]
    return document


_METRICS = {
    "seconds": "seconds",
    "cpu": "cpu_seconds",
    "switches": "context_switches",
    "collecting": "collecting_share",
    "peak_memory": "peak_bytes",
    "startup": "startup_cpu_seconds",
}
"""The fields of a timing that are metrics now, and the names of these."""


def _with_metrics(shape: dict[str, Any]) -> dict[str, Any]:
    """Put the metrics of a timing together; every other shape is left as it is."""
    if not {"mean_ratio", "startup"} <= shape.keys():
        return shape
    metrics = {name: shape[key] for key, name in _METRICS.items() if shape.get(key) is not None}
    return {"metrics": metrics, **{key: value for key, value in shape.items() if key not in _METRICS}}


_VERDICTS = {
    "agrees": "same result",
    "differs as documented": "known difference",
    "differs": "different result",
}
"""The verdicts that have other words now."""

_JUDGEMENTS = {"faster": "less time", "slower": "more time", "not resolved": "no clear difference"}
"""The judgements that have other words now."""


def _with_words(shape: dict[str, Any]) -> dict[str, Any]:
    """Give verdicts and judgements the words that they have now."""
    changed = {}
    if "mismatch" in shape:
        changed["kind"] = _VERDICTS.get(shape["kind"], shape["kind"])
    if isinstance(judgement := shape.get("judgement"), str):
        changed["judgement"] = _JUDGEMENTS.get(judgement, judgement)
    return {**shape, **changed}


def _names(shape: dict[str, Any]) -> dict[str, str]:
    """Choose the new names of one object's fields."""
    own = [names for mark, names in _SHAPES if mark in shape]
    return {**_NAMES, **own[0]} if own else _NAMES
