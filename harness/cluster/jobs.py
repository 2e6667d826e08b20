"""What the submitter sends to a host: a run's plan, which is packed, and the unit of it that is wanted."""

import zlib
from dataclasses import dataclass, replace

import msgspec

from harness.errors import BadInput
from harness.protocol.benchmarks import Benchmark, Promise
from harness.records.entries import RunStarted
from harness.runner.units import Unit

TravellingFiles = tuple[tuple[str, bytes], ...]
"""Scenario files that travel with a plan: each the path by which it is named, and its content."""

_LENGTH = 8
"""The bytes that tell how long the packed plan is, which comes first; the unit's benchmarks follow it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A unit that a host measures; without benchmarks, the host only says what it is."""

    run: RunStarted
    benchmarks: tuple[str, ...] = ()
    files: TravellingFiles = ()


def decode_job(job: bytes) -> Job:
    """Return what is asked for. Raises BadInput for anything but a job."""
    try:
        shared = msgspec.json.decode(zlib.decompress(job[_LENGTH : _end_of_plan(job)]), type=Job)
        unit = unit_of(job)
    except (msgspec.MsgspecError, ValueError, zlib.error) as error:
        raise BadInput(f"what was sent is no job of this loopcmp: {error}") from None
    return _wanting(shared, unit) if unit else shared


def unit_of(job: bytes) -> tuple[Benchmark, ...]:
    """Return the benchmarks that a job wants measured; none where it wants a description of the host."""
    return msgspec.json.decode(job[_end_of_plan(job) :], type=tuple[Benchmark, ...])


def _end_of_plan(job: bytes) -> int:
    return _LENGTH + int.from_bytes(job[:_LENGTH], "big")


class JobWriter:
    """Writes the jobs of a run.

    Of the benchmarks that a job does not want it says what the levels and orders of the whole plan depend on,
    and no more. That is packed once, and goes with each: of 10,000 benchmarks it has five megabytes unpacked.
    """

    def __init__(self, run: RunStarted, files: TravellingFiles = ()) -> None:
        self._whole = Job(run, (), files)
        self._benchmarks = {benchmark.id: benchmark for benchmark in run.plan.benchmarks}
        slim = replace(run.plan, benchmarks=tuple(map(_slim, run.plan.benchmarks)))
        self._shared = _packed(Job(replace(run, plan=slim), (), files))

    def describing(self) -> bytes:
        """Return the job by which a host is asked what it is, and whether it can measure this run."""
        return _packed(self._whole) + msgspec.json.encode(())

    def measuring(self, unit: Unit) -> bytes:
        """Return the job that measures a unit."""
        return self._shared + msgspec.json.encode([self._benchmarks[name] for name in unit.benchmarks])


def _packed(job: Job) -> bytes:
    content = zlib.compress(msgspec.json.encode(job))
    return len(content).to_bytes(_LENGTH, "big") + content


def _wanting(shared: Job, unit: tuple[Benchmark, ...]) -> Job:
    """Return a job with the benchmarks of its unit whole."""
    whole = {benchmark.id: benchmark for benchmark in unit}
    benchmarks = tuple(whole.get(benchmark.id, benchmark) for benchmark in shared.run.plan.benchmarks)
    plan = replace(shared.run.plan, benchmarks=benchmarks)
    return Job(replace(shared.run, plan=plan, benchmarks=tuple(whole)), tuple(whole), shared.files)


def _slim(benchmark: Benchmark) -> Benchmark:
    """Return a benchmark without what only its own measurement needs."""
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
