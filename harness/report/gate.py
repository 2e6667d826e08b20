"""The answer of a gate in sentences."""

from collections.abc import Iterator, Mapping, Sequence

from harness.analysis.gate import Gate, HeldCase, Unmeasured
from harness.records.counting import counted
from harness.report.formatting import figure_of

_SHOWN = 5
"""The most names in a sentence; `--json` has them all."""


def gate_lines(gate: Gate, shown: Mapping[str, str], *, markdown: bool) -> Iterator[str]:
    """Yield the decision, PASS, FAIL or UNDECIDED, with the first sentence, and then the others."""
    decision = "FAIL" if gate.broken else "UNDECIDED" if gate.unmeasured else "PASS"
    first, *others = gate_sentences(gate, shown)
    yield f"**{decision}**: {first}" if markdown else f"{decision}: {first}"
    if not markdown:
        yield from (f"• {sentence}" for sentence in others)
        return
    shown_sentences, left = others[:_SHOWN], others[_SHOWN:]
    yield from ("", *(f"- {sentence}" for sentence in shown_sentences))
    if left:
        yield f"- and {counted(len(left), 'other sentence')}; `--json` has them all"


def gate_sentences(gate: Gate, shown: Mapping[str, str]) -> tuple[str, ...]:
    """Say what the gate found, each case by name: broken, broken in some sessions, not measured, kept."""
    return tuple(_sentences(gate, shown))


def _sentences(gate: Gate, shown: Mapping[str, str]) -> Iterator[str]:
    yield from (_beyond(case, gate, shown) for case in gate.held if _is_told(case))
    for unmeasured in gate.unmeasured:
        yield f"{_name(unmeasured, shown)} could not be measured: {unmeasured.reason}."
    kept = [case for case in gate.held if not _is_told(case)]
    across = [_case(case.benchmark, case.backend, shown) for case in kept if not case.excluded]
    if inside := len(kept) - len(across):
        yield f"{counted(inside, 'case is', 'cases are')} within the limit."
    if across:
        yield f"{counted(len(across), 'case')} may be within the limit or beyond it: {_first(across)}."


def _is_told(case: HeldCase) -> bool:
    """Decide whether a session, or the mean of all, lies beyond the limit."""
    return case.broken or case.beyond > 0


def _first(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _name(unmeasured: Unmeasured, shown: Mapping[str, str]) -> str:
    return unmeasured.name if unmeasured.case is None else _case(*unmeasured.case, shown)


def _case(benchmark: str, backend: str, shown: Mapping[str, str]) -> str:
    return f"{benchmark} on {shown[backend]}"


def _beyond(case: HeldCase, gate: Gate, shown: Mapping[str, str]) -> str:
    """Say by how much a case is beyond its limit; an end that is not the limit is not shown as if it were."""
    name, limit = _case(case.benchmark, case.backend, shown), f"{case.limit * 100:.4g}%"
    silent = f" ({case.without_interval} more have no interval)" if case.without_interval else ""
    times = f"in {case.beyond} of {case.sessions} {gate.counted}s{silent}"
    if not case.broken:
        return f"{name} is more than {limit} slower only {times}, which breaks no limit."
    ratio = figure_of(case.mean or case.ratio, "×", reference=1 + case.limit)
    if case.mean is not None:
        times = f"on average over {case.sessions} {gate.counted}s{silent}"
    where = f"one {gate.counted}" if gate.sessions == 1 else times
    return f"{name} is more than {limit} slower: {ratio}, {where}."
