"""What the submitter sends to a host: a run's plan, and the unit of it that is wanted, as JSON."""

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


def decode_job(line: bytes) -> Job:
    """Return what a line asks for. Raises BadInput for anything but a job."""
    try:
        return msgspec.json.decode(line, type=Job)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadInput(f"what was sent is no job of this loopcmp: {error}") from None


class JobWriter:
    """Writes the jobs of a run, each as one line.

    Of the benchmarks that a job does not want it says what the levels and orders of the whole plan depend on,
    and no more; that is written once, for a plan may have thousands.
    """

    def __init__(self, run: RunStarted, files: TravellingFiles = ()) -> None:
        self._job = Job(run, (), files)
        self._benchmarks = {benchmark.id: benchmark for benchmark in run.plan.benchmarks}
        self._slim = {name: _encoded(_slim(benchmark)) for name, benchmark in self._benchmarks.items()}
        self._document = msgspec.to_builtins(self._job)
        self._document["run"]["plan"]["benchmarks"] = ()

    def describing(self) -> bytes:
        """Return the job by which a host is asked what it is, and whether it can measure this run."""
        return msgspec.json.encode(self._job) + b"\n"

    def measuring(self, unit: Unit) -> bytes:
        """Return the job that measures a unit."""
        whole = {name: _encoded(self._benchmarks[name]) for name in unit.benchmarks}
        run = self._document["run"]
        plan = {**run["plan"], "benchmarks": [*{**self._slim, **whole}.values()]}
        run = {**run, "plan": plan, "benchmarks": unit.benchmarks}
        document = {**self._document, "run": run, "benchmarks": unit.benchmarks}
        return msgspec.json.encode(document) + b"\n"


def _encoded(benchmark: Benchmark) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(benchmark))


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
