"""What the submitter sends to a host: a run's plan, and the unit of it that is wanted, as JSON."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import msgspec

from harness.errors import BadInput
from harness.protocol.benchmarks import Benchmark, Promise
from harness.records.entries import RunStarted
from harness.runner.units import Unit

TravellingFiles = tuple[tuple[str, bytes], ...]
"""Scenario files that travel with a plan: each the path by which it is named, and its content."""


@dataclass(frozen=True, slots=True)
class Job:
    """A unit that a host measures; without benchmarks, the host only says what it is."""

    run: RunStarted
    benchmarks: tuple[str, ...] = ()
    files: TravellingFiles = ()


def encode_job(job: Job) -> bytes:
    """Return a job as one line."""
    return msgspec.json.encode(job) + b"\n"


def decode_job(line: bytes) -> Job:
    """Return what a line asks for. Raises BadInput for anything but a job."""
    try:
        return msgspec.json.decode(line, type=Job)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadInput(f"what was sent is no job of this loopcmp: {error}") from None


def describing_job(run: RunStarted, files: TravellingFiles = ()) -> Job:
    """Return the job by which a host is asked what it is, and whether it can measure this run."""
    return Job(run, (), files)


def measuring_job(run: RunStarted, unit: Unit, files: TravellingFiles = ()) -> Job:
    """Return the job that measures a unit.

    Of the other benchmarks it says what the levels and orders of the whole plan depend on, and no more.
    """
    plan = replace(run.plan, benchmarks=tuple(_slim(each, unit.benchmarks) for each in run.plan.benchmarks))
    return Job(replace(run, plan=plan, benchmarks=unit.benchmarks), unit.benchmarks, files)


def _slim(benchmark: Benchmark, wanted: Collection[str]) -> Benchmark:
    """Return a benchmark without what only its own measurement needs, unless it is wanted."""
    if benchmark.id in wanted:
        return benchmark
    return replace(
        benchmark,
        summary="",
        text="",
        promise=Promise(),
        differences=(),
        claims=(),
        digests=None,
        reported=(),
    )
