"""Documents of version 1 are read as version 2: the same facts under the names that they have now.

What version 1 did not record stays absent. Nothing is invented: what was expected of a case, which version 2
keeps beside the verdict, is computed from what version 1 kept, as every report of it did.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import chain
from typing import Any

import msgspec

from harness.errors import BadInput
from harness.protocol.benchmarks import Benchmark
from harness.protocol.observations import ProcessObservations, distinct_observations
from harness.records.machine import Machine
from harness.records.pace import SELF_TEST_ARM
from harness.records.promises import expected_promise
from harness.records.stop_reason import StopKind
from harness.records.store.version_1_reasons import read_stop_reason

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


def upgrade_entry(kind: str, data: bytes | msgspec.Raw, place: str) -> bytes:
    """Give an entry of a journal of version 1, of the kind that it had there, the shape of version 2.

    Raises BadInput, naming the place, for what is no such entry.
    """
    with _of_version_1(place):
        entry = upgrade(msgspec.json.decode(data))
        if kind == "Finished":
            entry["reason"] = asdict(read_stop_reason(entry["reason"]))
        return msgspec.json.encode(entry)


def upgrade_record(data: bytes, place: str) -> bytes:
    """Give a record of version 1 the shape of version 2.

    Raises BadInput, naming the place, for what is no such record.
    """
    with _of_version_1(place):
        record = upgrade(msgspec.json.decode(data))
        machine = msgspec.convert(record["run"]["machine"], Machine)
        for result in record["results"]:
            _give_reason(result)
            _give_promises(result, machine)
        return msgspec.json.encode(record)


@contextmanager
def _of_version_1(place: str) -> Iterator[None]:
    try:
        yield
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise BadInput(f"{place} is no record of loopcmp: {type(error).__name__}: {error}") from None


def _give_promises(result: dict[str, Any], machine: Machine) -> None:
    """Put what was expected beside each verdict: version 1 kept all that it is a pure function of."""
    benchmark = msgspec.convert(result["benchmark"], Benchmark)
    observed = [
        msgspec.convert(case["processes"], tuple[ProcessObservations, ...]) for case in result["cases"]
    ]
    reference = next(chain.from_iterable(map(distinct_observations, observed)), None)
    for case in result["cases"]:
        python = machine.python_of(case["backend"])
        case["expected"] = msgspec.to_builtins(
            expected_promise(benchmark, case["backend"], python, reference)
        )


def _give_reason(result: dict[str, Any]) -> None:
    """Put a value in the place of the sentence, beside which version 1 named the host of a twin again."""
    sentence, host = result.pop("stop_reason", ""), result.get("measured_in", "")
    reason = read_stop_reason(sentence)
    if host == (reason.detail if reason.kind is StopKind.MEASURED_WITH else ""):
        result.pop("measured_in", None)
    if sentence:
        result["stop_reason"] = asdict(reason)


_CONSTANTS = {"warmups": 1, "first_look": 20, "step": 5}
"""What version 1 repeated in every effort, and what is so for all of them: `harness.records.plan` has it."""


def upgrade(document: Any) -> Any:
    """Give a JSON value of version 1 the names of version 2, all the way down."""
    match document:
        case dict():
            names = _names(document)
            return _with_words(
                _with_metrics(
                    {
                        names.get(str(key), str(key)): upgrade(document[key])
                        for key in document
                        if not _is_constant(key, document)
                    }
                )
            )
        case list():
            return [upgrade(value) for value in document]
    return document


def _is_constant(key: str, shape: dict[str, Any]) -> bool:
    """Decide whether a field of an effort holds what every effort of version 1 held: others are kept."""
    return "first_look" in shape and key in _CONSTANTS and shape[key] == _CONSTANTS[key]


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
    """Give verdicts, judgements and the self-test's arm the words that they have now."""
    changed = {}
    if "mismatch" in shape:
        changed["kind"] = _VERDICTS.get(shape["kind"], shape["kind"])
    if isinstance(judgement := shape.get("judgement"), str):
        changed["judgement"] = _JUDGEMENTS.get(judgement, judgement)
    if shape.get("arm") == "A/A":
        changed["arm"] = SELF_TEST_ARM
    return {**shape, **changed}


def _names(shape: dict[str, Any]) -> dict[str, str]:
    """Choose the new names of one object's fields."""
    own = [names for mark, names in _SHAPES if mark in shape]
    return {**_NAMES, **own[0]} if own else _NAMES
