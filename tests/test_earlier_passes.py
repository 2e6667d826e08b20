"""Records that had a field for each pass are read as records that hold what passes said by their names."""

import json
from typing import Any

import msgspec
import pytest

from harness.errors import BadInput
from harness.records.estimate import Estimate
from harness.records.passes import PassFigure, PassResult
from harness.records.record import Timing
from harness.records.store.record_file import decode_record, encode_record
from harness.records.units import Unit
from tests.records import everything

SECONDS = Estimate(5e-5, 4e-5, 6e-5, 9)
RATIO = Estimate(0.5, 0.4, 0.6, 9)
COUNT = Estimate(120_000.0, None, None, 2)

EARLIER = {
    "latency": {
        "operations": 700,
        "quantiles": [
            {"of": 0.5, "seconds": SECONDS, "ratio": RATIO},
            {"of": 0.99, "seconds": SECONDS, "ratio": None},
            {"of": 0.999, "seconds": None, "ratio": None},
        ],
    },
    "full_collections": {"seconds": SECONDS, "share": RATIO, "count": COUNT},
    "on_two_cpus": {"seconds": SECONDS, "cpu": SECONDS, "ratio": None},
    "instructions": {"count": COUNT, "ratio": RATIO, "samples": [119_000.0, 121_000.0]},
}
"""What a timing held of each pass."""

EARLIER_SERVICE = {
    "seconds": SECONDS,
    "ratio": None,
    "driver_share": RATIO,
    "driver_seconds": SECONDS,
    "highest_rate": {"rate": COUNT, "ratio": RATIO, "is_last": True},
    "memory": {"at_rest": COUNT, "per_connection": COUNT},
    "latency_rate": 1250.5,
}
"""What was kept of a service, its passes among it."""


def in_seconds(estimate: Estimate) -> PassFigure:
    return PassFigure(estimate, Unit.SECONDS)


def as_ratio(estimate: Estimate) -> PassFigure:
    return PassFigure(estimate, Unit.RATIO)


NOW = {
    "latency": PassResult(
        {
            "latency_p50_seconds": in_seconds(SECONDS),
            "latency_p50_ratio": as_ratio(RATIO),
            "latency_p99_seconds": in_seconds(SECONDS),
        },
        numbers={"operations": 700},
    ),
    "collections": PassResult(
        {
            "full_collection_seconds": in_seconds(SECONDS),
            "full_collection_share": PassFigure(RATIO, Unit.SHARE),
            "full_collections": PassFigure(COUNT, Unit.COUNT),
        }
    ),
    "threads": PassResult(
        {"two_cpus_seconds": in_seconds(SECONDS), "two_cpus_cpu_seconds": in_seconds(SECONDS)}
    ),
    "instructions": PassResult(
        {"instructions": PassFigure(COUNT, Unit.COUNT), "instructions_ratio": as_ratio(RATIO)},
        samples=(119_000.0, 121_000.0),
    ),
}
"""The same as it is held now."""


def written(**fields: Any) -> bytes:
    """A record whose first timing has these fields in the place of `passes`."""
    document = json.loads(encode_record(everything()))
    timing = first_timing(document)
    del timing["passes"]
    timing.update(msgspec.to_builtins(fields))
    return json.dumps(document).encode()


def first_timing(document: Any) -> Any:
    return next(
        case["timing"] for result in document["results"] for case in result["cases"] if case["timing"]
    )


def read(**fields: Any) -> Timing:
    record = decode_record(written(**fields), "record.json")
    return next(case.timing for result in record.results for case in result.cases if case.timing)


def test_what_each_pass_said_is_read_under_its_name() -> None:
    assert dict(read(**EARLIER).passes) == NOW


def test_what_the_passes_over_a_service_said_is_read_under_their_names() -> None:
    timing = read(**EARLIER, service=EARLIER_SERVICE)
    rates = {
        "highest_rate": PassFigure(COUNT, Unit.PER_SECOND, at_least=True),
        "highest_rate_ratio": as_ratio(RATIO),
    }
    memory = {
        "resident_at_rest_bytes": PassFigure(COUNT, Unit.BYTES),
        "resident_per_connection_bytes": PassFigure(COUNT, Unit.BYTES),
    }
    assert timing.passes["rates"] == PassResult(rates)
    assert timing.passes["connections"] == PassResult(memory)
    assert timing.passes["latency"].numbers == {"operations": 700, "rate": 1250.5}
    assert timing.service is not None
    assert timing.service.seconds == SECONDS


def test_a_timing_without_passes_has_none() -> None:
    assert dict(read(**dict.fromkeys(EARLIER)).passes) == {}


def test_a_field_that_holds_something_else_is_refused() -> None:
    with pytest.raises(BadInput):
        read(**{**EARLIER, "latency": {"operations": "many", "quantiles": []}})
    with pytest.raises(BadInput):
        read(**{**EARLIER, "latency": [1]})
