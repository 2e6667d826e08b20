"""What a host answers: read by the checked reader of journals, and refused if it was not asked for."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from harness.errors import BadInput, escape_controls
from harness.records.entries import (
    ArmDropped,
    BenchmarkCalibrated,
    BenchmarkFinished,
    CaseObserved,
    Entry,
    HostJoined,
    PassRoundMeasured,
    RoundMeasured,
    RunStarted,
    UnitBegun,
    UnitFinished,
)
from harness.records.store import decode_entry, encode_entry
from harness.runner.state import RunState
from harness.runner.units import Unit

LARGEST_REPLY = 256 * 2**20
"""The most bytes of a reply: a unit of a full matrix has some 10 MiB."""

LONGEST_REASON = 2000
"""The most characters that are kept of why a host refuses."""

_ENTRIES, _REFUSAL, _REFUSAL_OF_RUN = b"+", b"-", b"!"


@dataclass(frozen=True, slots=True)
class Refused:
    """A host will not or cannot do what it was asked for, and why."""

    reason: str
    of_run: bool = False
    """Whether the host will do no unit of the run any more."""


def encode_entries(entries: Sequence[Entry]) -> bytes:
    """Return entries as a reply."""
    return _ENTRIES + b"".join(map(encode_entry, entries))


def encode_refusal(reason: str, *, of_run: bool = False) -> bytes:
    """Return a refusal as a reply: of one job, or of all that may follow."""
    kind = _REFUSAL_OF_RUN if of_run else _REFUSAL
    return kind + " ".join(reason.split())[:LONGEST_REASON].encode(errors="replace")


def entries_of(reply: object, place: str) -> tuple[Entry, ...] | Refused:
    """Return the entries that a host has answered with. Raises BadInput for anything else."""
    if not isinstance(reply, bytes):
        raise BadInput(f"{place} answered with what are no bytes")
    if len(reply) > LARGEST_REPLY:
        raise BadInput(
            f"{place} answered with {len(reply)} bytes, and a unit has {LARGEST_REPLY} at the most"
        )
    kind, content = reply[:1], reply[1:]
    if kind in {_REFUSAL, _REFUSAL_OF_RUN}:
        reason = content.decode(errors="replace")[:LONGEST_REASON]
        return Refused(escape_controls(reason), of_run=kind == _REFUSAL_OF_RUN)
    if kind != _ENTRIES or not content.endswith(b"\n"):
        raise BadInput(f"{place} answered with what is neither a unit nor a refusal")
    lines = content.splitlines()
    return tuple(decode_entry(line, f"{place}, line {number}") for number, line in enumerate(lines, start=1))


def host_of(reply: object, place: str) -> HostJoined | Refused:
    """Return what a host says that it is. Raises BadInput for anything else."""
    match entries_of(reply, place):
        case (HostJoined() as host,):
            return host
        case Refused() as refused:
            return refused
    raise BadInput(f"{place} was asked what it is, and answered with something else")


def unit_of(reply: object, unit: Unit, run: RunStarted, place: str) -> tuple[Entry, ...] | Refused:
    """Return the entries of the unit that was asked for, whole. Raises BadInput for anything else."""
    entries = entries_of(reply, place)
    if not isinstance(entries, Refused):
        for problem in _problems(entries, unit, run):
            raise BadInput(f"{place} was asked for {unit.name}, and {problem}")
    return entries


def _problems(entries: Sequence[Entry], unit: Unit, run: RunStarted) -> Iterator[str]:
    """Yield what keeps entries from being this unit, whole and once."""
    first, last = entries[0], entries[-1]
    if not (isinstance(first, UnitBegun) and isinstance(last, UnitFinished)):
        yield "its answer does not begin and end as a unit does"
    elif {first.benchmarks, last.benchmarks} != {unit.benchmarks}:
        yield "its answer is of another unit"
    parts = entries[1:-1]
    if not all(isinstance(part, _PARTS) for part in parts):
        yield "its answer holds what is no part of a unit"
        return
    once = Counter(filter(None, map(_once, parts)))
    if any(count > 1 for count in once.values()):
        yield f"its answer holds {' '.join(once.most_common(1)[0][0])} more than once"
    if {words[1:] for words in once if words[0] == "case"} != set(_cases(unit, run)):
        yield "its answer does not hold each of its cases, and those alone"
    if not {_benchmark_of(part) for part in parts} <= set(unit.benchmarks):
        yield "its answer holds entries of other benchmarks"
    elif not _is_whole(entries, unit, run):
        yield "its answer is not whole"


_PARTS = (
    CaseObserved,
    BenchmarkCalibrated,
    RoundMeasured,
    PassRoundMeasured,
    ArmDropped,
    BenchmarkFinished,
)
"""The entries between the first and the last of a unit."""


def _once(part: Entry) -> tuple[str, ...] | None:
    """Return what a part is about, if that comes once in a unit."""
    match part:
        case CaseObserved(benchmark, backend):
            return "case", benchmark, backend
        case RoundMeasured(benchmark, number):
            return "round", benchmark, str(number)
        case PassRoundMeasured(name, measured):
            return "pass", measured.benchmark, name, str(measured.number)
        case BenchmarkFinished(benchmark):
            return "end", benchmark
    return None


def _benchmark_of(part: Entry) -> str:
    entry = part.round if isinstance(part, PassRoundMeasured) else part
    return str(getattr(entry, "benchmark", ""))


def _cases(unit: Unit, run: RunStarted) -> Iterator[tuple[str, str]]:
    """Yield every case of a unit."""
    for benchmark in run.plan.benchmarks:
        if benchmark.id in unit.benchmarks:
            for backend in run.plan.backends_of(benchmark):
                yield benchmark.id, backend.name


def _is_whole(entries: Sequence[Entry], unit: Unit, run: RunStarted) -> bool:
    """Decide whether everything that the unit asks for was observed and timed."""
    benchmarks = tuple(each for each in run.plan.benchmarks if each.id in unit.benchmarks)
    alone = replace(run, plan=replace(run.plan, benchmarks=benchmarks), benchmarks=unit.benchmarks)
    return RunState(alone, entries[:-1]).is_measured(unit)
