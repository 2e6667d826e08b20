"""The answer over hosts: what each backend takes on all of them, or that they differ."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.analysis.hosts import FEWEST_TO_POOL, HostRatio, RatioOverHosts
from harness.analysis.hosts_compared import ComparedHost, ComparisonOverHosts
from harness.analysis.intervals import judge_ratio
from harness.records.counting import counted
from harness.records.estimate import DIRECTIONS, Judgement
from harness.report.answer.values import NOTHING, AnswerCell, AnswerRow, Remark, Tone
from harness.report.answer.words import change_words
from harness.report.backend_names import shown_names
from harness.report.formatting import count_benchmarks
from harness.report.tables.hosts import between, off_sentences

MOST_MISSING = 3
"""The most cases without a number on a host that are named."""

Ratios = Mapping[str, RatioOverHosts]
"""The ratios of one benchmark on the hosts of one kind, by backend."""


def rows_over_hosts(comparison: ComparisonOverHosts) -> list[AnswerRow]:
    """Return a line for each benchmark and kind of machine; where hosts are too few to pool, one for each.

    What one host alone measured comes last.
    """
    ordered = sorted(_by_line(comparison).items(), key=lambda group: _is_of_one_host(group[1].values()))
    return [
        row
        for (benchmark, machine), ratios in ordered
        for row in _rows(comparison, benchmark + _of_kind(comparison, machine), ratios)
    ]


def _by_line(comparison: ComparisonOverHosts) -> dict[tuple[str, str], dict[str, RatioOverHosts]]:
    """Return the ratios of each benchmark on each kind of machine, by backend."""
    lines: dict[tuple[str, str], dict[str, RatioOverHosts]] = {}
    for case in comparison.cases:
        lines.setdefault((case.benchmark, case.machine), {})[case.backend] = case.ratio
    return lines


def _is_of_one_host(ratios: Iterable[RatioOverHosts]) -> bool:
    return all(len(ratio.hosts) == 1 for ratio in ratios)


def _of_kind(comparison: ComparisonOverHosts, machine: str) -> str:
    """Return which kind of machine a line is about; empty where there is one."""
    kinds = comparison.machines
    return f", kind {kinds.index(machine) + 1}" if len(kinds) > 1 else ""


def _rows(comparison: ComparisonOverHosts, name: str, ratios: Ratios) -> Iterator[AnswerRow]:
    if max(len(ratio.hosts) for ratio in ratios.values()) < FEWEST_TO_POOL:
        yield from _side_by_side(comparison.backends, name, ratios)
        return
    cells = {backend: _cell(ratio, comparison.margin) for backend, ratio in ratios.items()}
    yield AnswerRow(name, "", tuple(cells.get(backend, NOTHING) for backend in comparison.backends))


def _side_by_side(backends: Sequence[str], name: str, ratios: Ratios) -> Iterator[AnswerRow]:
    """Yield a line for each host."""
    on_hosts: dict[int, dict[str, HostRatio]] = {}
    for backend, ratio in ratios.items():
        for host in ratio.hosts:
            on_hosts.setdefault(host.host, {})[backend] = host
    for number, of_host in sorted(on_hosts.items()):
        cells = {
            backend: AnswerCell(change_words(host.ratio, host.judgement), host.ratio, host.judgement)
            for backend, host in of_host.items()
        }
        yield AnswerRow(f"{name}, host {number}", "", tuple(cells.get(each, NOTHING) for each in backends))


def _cell(ratio: RatioOverHosts, margin: float) -> AnswerCell:
    if ratio.differs:
        return AnswerCell(f"differs, {between(ratio)}")
    if ratio.pooled is None:
        return AnswerCell(", ".join(change_words(host.ratio, host.judgement) for host in ratio.hosts))
    judgement = judge_ratio(ratio.pooled, margin)
    words = change_words(ratio.pooled, judgement) + _count(ratio, judgement)
    return AnswerCell(words, ratio.pooled, judgement)


def _count(ratio: RatioOverHosts, judgement: Judgement) -> str:
    """Say on how many hosts it is so; nothing where that is no direction."""
    directed = judgement in DIRECTIONS
    return f", {ratio.count(judgement)} of {len(ratio.hosts)}" if directed else ""


def cautions(hosts: Sequence[ComparedHost]) -> tuple[Remark, ...]:
    """Return what must be known before any figure: the hosts that are off."""
    return tuple(Remark(Tone.WARNING, sentence) for sentence in off_sentences(hosts))


def remarks_over_hosts(comparison: ComparisonOverHosts) -> Iterator[Remark]:
    """Yield what hosts say together of each backend, and the cases without a number on one of them."""
    yield from (Remark(Tone.PLAIN, sentence) for sentence in sentences_over_hosts(comparison))
    if alone := _of_one_host(comparison):
        yield Remark(Tone.PLAIN, f"one host alone measured {count_benchmarks(alone)}")
    shown = shown_names((comparison.baseline, *comparison.backends))
    for case in comparison.missing[:MOST_MISSING]:
        yield Remark(Tone.WARNING, f"{case.benchmark} on {shown[case.backend]}: {case.reason}")
    if len(comparison.machines) > 1:
        for number, machine in enumerate(comparison.machines, start=1):
            yield Remark(Tone.PLAIN, f"kind {number}: {machine}")


def _of_one_host(comparison: ComparisonOverHosts) -> int:
    """Return how many benchmarks one host alone has measured, of all or of a kind."""
    return sum(_is_of_one_host(ratios.values()) for ratios in _by_line(comparison).values())


def sentences_over_hosts(comparison: ComparisonOverHosts) -> Iterator[str]:
    """Yield a sentence for each backend and kind: where all of several hosts show the same."""
    shown = shown_names((comparison.baseline, *comparison.backends))
    baseline = shown[comparison.baseline]
    for name in comparison.backends:
        for machine in comparison.machines:
            of_kind = [case for case in comparison.cases if (case.backend, case.machine) == (name, machine)]
            if ratios := [case.ratio for case in of_kind if len(case.ratio.hosts) > 1]:
                kind = _of_kind(comparison, machine).replace(", ", " of ")
                yield f"{shown[name]}, against {baseline}, takes {_counts(ratios, kind)}"


def _counts(ratios: Sequence[RatioOverHosts], kind: str) -> str:
    """Say in how many benchmarks a backend takes less and more time on every host, and where they differ."""
    less, more = (
        sum(ratio.count(direction) == len(ratio.hosts) for ratio in ratios) for direction in DIRECTIONS
    )
    differing = sum(ratio.differs for ratio in ratios)
    rest = f"; {differing} {'differs' if differing == 1 else 'differ'} between hosts" if differing else ""
    return (
        f"less time on every host{kind} in {less} of {count_benchmarks(len(ratios))} and more in {more}{rest}"
    )


def hosts_in_words(comparison: ComparisonOverHosts) -> str:
    """Say how many hosts there are, and of which kind where it is one."""
    count = counted(len(comparison.hosts), "host")
    kinds = comparison.machines
    return f"{count} of {len(kinds)} kinds" if len(kinds) > 1 else f"{count}, each {kinds[0]}"
