"""What passes said in records that had a field for each of them, read as what passes say now.

The first records of version 2 were written so, and all of version 1. Nothing is invented: a figure that was
not estimated stays absent.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from harness.records.units import Unit

_FIELDS = ("latency", "full_collections", "on_two_cpus", "instructions")
"""The fields of a timing, of which each held what one pass said."""

_OF_SERVICES = ("highest_rate", "memory", "latency_rate")
"""The same of what was kept of a service."""

_FIGURES: dict[str, tuple[str, dict[str, tuple[str, Unit]]]] = {
    "full_collections": (
        "collections",
        {
            "seconds": ("full_collection_seconds", Unit.SECONDS),
            "share": ("full_collection_share", Unit.SHARE),
            "count": ("full_collections", Unit.COUNT),
        },
    ),
    "on_two_cpus": (
        "threads",
        {
            "seconds": ("two_cpus_seconds", Unit.SECONDS),
            "cpu": ("two_cpus_cpu_seconds", Unit.SECONDS),
            "ratio": ("two_cpus_time_ratio", Unit.RATIO),
        },
    ),
    "instructions": (
        "instructions",
        {"count": ("instructions", Unit.COUNT), "ratio": ("instructions_ratio", Unit.RATIO)},
    ),
    "highest_rate": (
        "rates",
        {"rate": ("highest_rate", Unit.PER_SECOND), "ratio": ("highest_rate_ratio", Unit.RATIO)},
    ),
    "memory": (
        "connections",
        {
            "at_rest": ("resident_at_rest_bytes", Unit.BYTES),
            "per_connection": ("resident_per_connection_bytes", Unit.BYTES),
        },
    ),
}
"""Each of those fields but latency: its pass, and what its own fields are called now."""


def move_passes(result: Any) -> None:
    """Give the timings of a result, decoded and not yet checked, what passes said under their names."""
    for case in result["cases"]:
        timing = case.get("timing")
        if timing is not None and not timing.keys().isdisjoint(_FIELDS):
            timing["passes"] = dict(_passes(timing, timing.get("service") or {}))
            _remove(timing, _FIELDS)
            _remove(timing.get("service") or {}, _OF_SERVICES)


def _remove(fields: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        fields.pop(name, None)


def _passes(timing: Mapping[str, Any], service: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if (latency := timing.get("latency")) is not None:
        rate = service.get("latency_rate")
        numbers = {"operations": latency["operations"], **({} if rate is None else {"rate": rate})}
        yield "latency", {"figures": dict(_quantiles(latency)), "numbers": numbers}
    for field, (name, figures) in _FIGURES.items():
        holder = service if field in _OF_SERVICES else timing
        if (result := holder.get(field)) is not None:
            yield name, _result(result, figures)


def _quantiles(latency: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for quantile in latency["quantiles"]:
        name = f"latency_p{quantile['of'] * 100:g}"
        if quantile["seconds"] is not None:
            yield f"{name}_seconds", {"estimate": quantile["seconds"], "unit": Unit.SECONDS}
        if quantile["ratio"] is not None:
            yield f"{name}_ratio", {"estimate": quantile["ratio"], "unit": Unit.RATIO}


def _result(result: Mapping[str, Any], names: Mapping[str, tuple[str, Unit]]) -> dict[str, Any]:
    is_bound = result.get("is_last", False)
    figures = {
        name: {"estimate": result[field], "unit": unit, "at_least": is_bound and unit is Unit.PER_SECOND}
        for field, (name, unit) in names.items()
        if result.get(field) is not None
    }
    return {"figures": figures, **({"samples": result["samples"]} if "samples" in result else {})}
