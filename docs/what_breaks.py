"""What docs/which-loop.md says of loops that do otherwise than promised: by loop, then by reason."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from harness.records.record import Record
from harness.records.verdict import Verdict
from harness.report.backend_names import shown_names

NAMED = 3
"""The benchmarks of a loop and a verdict that are named; the others are counted."""

_GRAVEST_FIRST = (
    Verdict.CRASHED,
    Verdict.TIMED_OUT,
    Verdict.DIFFERENT_RESULT,
    Verdict.UNSTABLE,
    Verdict.UNSUPPORTED,
    Verdict.KNOWN_DIFFERENCE,
)
"""The verdicts that say that a loop does otherwise than promised."""

_Seen = Mapping[tuple[str, str], tuple[Verdict, str]]
"""The verdict and its reason, by benchmark and by the backend's name that people see."""


def what_breaks(records: Sequence[tuple[str, Record]]) -> Iterator[str]:
    """Yield the section, from the newest of these records, oldest first, that has each case."""
    yield "## What breaks"
    seen = _newest(records)
    if not seen:
        yield "Nothing: in every published record, every loop gives the same result."
        return
    yield "\n".join(_by_loop(seen))
    if known := list(_known_differences(seen)):
        yield "Known differences are documented, each with its reason:"
        yield "\n".join(known)


def _newest(records: Sequence[tuple[str, Record]]) -> _Seen:
    newest: dict[tuple[str, str], tuple[Verdict, str]] = {}
    for _, record in records:
        shown = shown_names(record.backends)
        for result in record.results:
            for case in result.cases:
                key = (result.benchmark.id, shown[case.backend])
                newest.pop(key, None)
                if case.verdict.kind in _GRAVEST_FIRST:
                    newest[key] = (case.verdict.kind, case.verdict.reason)
    return newest


def _by_loop(seen: _Seen) -> Iterator[str]:
    """Yield a line for each loop: how many benchmarks have each verdict, and the first of them."""
    for loop in sorted({_loop(backend) for _, backend in seen}):
        parts = []
        for verdict in _GRAVEST_FIRST:
            benchmarks = {
                name
                for (name, backend), (kind, _) in seen.items()
                if (_loop(backend), kind) == (loop, verdict)
            }
            parts += [f"{verdict} in {len(benchmarks)} ({_named(benchmarks)})"] if benchmarks else []
        yield f"- **{loop}**: {'; '.join(parts)}."


def _loop(backend: str) -> str:
    """Return a backend's name without its environment."""
    return backend.partition("@")[0]


def _named(benchmarks: Collection[str], most: int = NAMED) -> str:
    names = [f"`{name}`" for name in sorted(benchmarks)]
    more = len(names) - most
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:most])} and {more} more"


def _known_differences(seen: _Seen) -> Iterator[str]:
    """Yield a line for each reason: the backends it holds for, and a benchmark that shows it."""
    reasons: dict[str, dict[str, set[str]]] = {}
    for (benchmark, backend), (verdict, reason) in seen.items():
        if verdict is Verdict.KNOWN_DIFFERENCE:
            reasons.setdefault(reason, {}).setdefault(backend, set()).add(benchmark)
    for reason, backends in sorted(reasons.items(), key=lambda entry: sorted(entry[1])):
        benchmarks = {name for names in backends.values() for name in names}
        yield f"- {', '.join(sorted(backends))}: {reason.rstrip('.')} ({_named(benchmarks, 1)})."
