"""The pyperf files of a run, one per arm; the only place besides the worker that names pyperf."""

import hashlib
import io
import re
from collections.abc import Iterable
from pathlib import Path

from harness.records.entries import Entry, RoundMeasured
from harness.records.store.decoding import one_line
from harness.records.store.files import write_file


def write_timings(folder: Path, entries: Iterable[Entry]) -> None:
    """Merge the workers' pyperf runs: one benchmark suite per arm, which pyperf itself reads.

    A run that pyperf does not read, as a hostile worker may send, is named in left-out.txt.
    Raises CannotWrite.
    """
    runs: dict[str, list[tuple[str, str]]] = {}
    for entry in entries:
        if isinstance(entry, RoundMeasured):
            for part in entry.arms:
                whose = f"{entry.benchmark}, round {entry.number}, {part.arm}"
                runs.setdefault(part.arm, []).append((whose, part.summary.pyperf))
    if not runs:
        return
    timings = folder / "timings"
    left_out: list[str] = []
    for arm, texts in runs.items():
        write_file(timings / f"{file_name(arm)}.json", merge_runs(texts, left_out))
    if left_out:
        write_file(timings / "left-out.txt", "".join(left_out).encode(errors="backslashreplace"))


def merge_runs(texts: Iterable[tuple[str, str]], left_out: list[str]) -> bytes:
    """Return the suite of these runs, each given with whose it is; `left_out` has what pyperf cannot read."""
    import pyperf

    benchmarks: dict[str, pyperf.Benchmark] = {}
    for whose, text in texts:
        try:
            benchmark = pyperf.Benchmark.loads(text)
            name = benchmark.get_name()
            if name in benchmarks:
                benchmarks[name].add_runs(benchmark)
            else:
                benchmarks[name] = benchmark
        except Exception as error:  # noqa: BLE001 - pyperf checks little and raises anything
            left_out.append(f"{whose}: {type(error).__name__}: {one_line(error)}\n")
    if not benchmarks:
        return b"{}\n"
    written = io.StringIO()
    pyperf.BenchmarkSuite(list(benchmarks.values())).dump(written)
    return written.getvalue().encode()


def file_name(name: str) -> str:
    """Return an arm's name as part of a path: itself, or its characters that may be there and a digest."""
    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_@+=.-]{0,99}", name):
        return name
    plain = re.sub(r"[^A-Za-z0-9_@+=-]+", "-", name)[:60].strip("-") or "arm"
    return f"{plain}-{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()[:12]}"
