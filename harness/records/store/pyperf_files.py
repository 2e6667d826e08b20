"""The pyperf files of a run, one per arm: what the workers measured, as pyperf itself writes it."""

import hashlib
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from harness.protocol.messages import Value
from harness.records.entries import Entry, HostJoined, RoundMeasured, RunStarted, UnitBegun
from harness.records.machine import BackendEnvironment, Machine
from harness.records.pace import ArmRound
from harness.records.store.compression import compressed
from harness.records.store.files import write_file

if TYPE_CHECKING:
    import pyperf

PyperfMetadata = dict[str, str | int]
"""The metadata of a pyperf run: numbers and texts by pyperf's own names, and two of ours."""


def write_timings(folder: Path, run: RunStarted, entries: Iterable[Entry]) -> None:
    """Write each arm's values as a compressed pyperf suite: a benchmark of ours is one, a worker is a run.

    They are whole values, as pyperf's own are; laps stay in the journal. What a further host measured again
    stands in files of its own: no benchmark of pyperf's has runs of two hosts. Raises CannotWrite.
    """
    suites: dict[str, dict[str, list[pyperf.Run]]] = {}
    first_hosts: dict[str, int] = {}
    machine, host = run.machine, 1
    for entry in entries:
        if isinstance(entry, HostJoined):
            run = run.joined_by(entry.machine)
        if isinstance(entry, UnitBegun):
            machine, host = run.machine_of(entry.host), entry.host
        if isinstance(entry, RoundMeasured):
            again = "" if first_hosts.setdefault(entry.benchmark, host) == host else f"-host-{host}"
            for part in entry.arms:
                runs = suites.setdefault(f"{file_name(part.arm)}{again}", {})
                runs.setdefault(entry.benchmark, []).append(_run(part, entry, machine))
    for name, benchmarks in suites.items():
        write_file(folder / timings_path(name), compressed([_suite(benchmarks)]))


def _run(part: ArmRound, measured: RoundMeasured, machine: Machine) -> "pyperf.Run":
    """Return one worker's values as a run of pyperf's, with nothing in it that names a host or a path."""
    import pyperf

    known: PyperfMetadata = {
        **_metadata(machine, machine.of(part.arm)),
        "name": measured.benchmark,
        "loops": (part.values or part.warmups)[0].loops,
        "loopcmp_arm": part.arm,
        "loopcmp_loop_class": part.summary.loop_class,
        "loopcmp_round": measured.number,
    }
    return pyperf.Run(
        [_seconds(value) for value in part.values],
        warmups=[(value.loops, _seconds(value)) for value in part.warmups],
        metadata={name: text for name, entry in known.items() if (text := _one_line(entry)) != ""},
        collect_metadata=False,
    )


def _one_line(entry: str | int) -> str | int:
    """Return metadata as pyperf allows it: a name that a journal was given may have lines."""
    return " ".join(entry.split()) if isinstance(entry, str) else entry


def _seconds(value: Value) -> float:
    return value.wall / value.loops / 1e9


def _metadata(machine: Machine, environment: BackendEnvironment) -> PyperfMetadata:
    """Return what pyperf collects in a worker, of what the record says of the machine."""
    implementation = environment.build.partition(" ")[0].lower()
    return {
        "cpu_count": machine.cores,
        "unit": "second",
        "cpu_model_name": machine.cpu,
        "platform": machine.system,
        "python_implementation": implementation,
        "python_version": environment.python or machine.python,
        "cpu_affinity": ",".join(map(str, machine.pinned)),
    }


def _suite(benchmarks: "dict[str, list[pyperf.Run]]") -> bytes:
    import pyperf

    written = io.StringIO()
    pyperf.BenchmarkSuite([pyperf.Benchmark(runs) for runs in benchmarks.values()]).dump(written)
    return written.getvalue().encode()


def timings_path(name: str) -> str:
    """Return where a run's folder has the pyperf file of this name: compressed, which pyperf reads."""
    return f"timings/{name}.json.gz"


def file_name(name: str) -> str:
    """Return an arm's name as part of a path: itself, or its characters that may be there and a digest."""
    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_@+=.-]{0,99}", name):
        return name
    plain = re.sub(r"[^A-Za-z0-9_@+=-]+", "-", name)[:60].strip("-") or "arm"
    return f"{plain}-{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()[:12]}"
