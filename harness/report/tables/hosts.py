"""The hosts of a run, and what is said over them, as tables."""

from collections.abc import Iterable, Iterator, Sequence

from harness.analysis.hosts import HostRatio, RatioOverHosts
from harness.analysis.hosts_compared import CaseOverHosts, ComparedHost, ComparisonOverHosts
from harness.records.estimate import DIRECTIONS
from harness.report.backend_names import shown_names
from harness.report.formatting import JUDGEMENT_MARKS, format_ratio, ratio_figure, significant
from harness.report.tables.table import Table, names, numbers, texts

MOST_SIDE_BY_SIDE = 4
"""The most hosts that stand in columns beside each other; with more, each has a line."""

MOST_NAMED = 3
"""The most benchmarks of a host that is off that are named."""


def hosts_table(hosts: Sequence[ComparedHost]) -> Table:
    """Return the table of hosts: environment, CPUs, load, self-tests, and whether they are off."""
    several = len({host.record for host in hosts}) > 1
    rows = tuple(
        (
            str(host.number),
            *([host.record] if several else []),
            host.machine,
            ", ".join(map(str, host.cpus)) or "not pinned",
            "–" if host.load is None else significant(host.load),
            str(host.check.benchmarks),
            _self_tests(host),
            _state(host),
        )
        for host in hosts
    )
    columns = (
        *numbers("host"),
        *texts(*(["record"] if several else []), "environment", "CPUs"),
        *numbers("load", "benchmarks"),
        *texts("self-tests differing", "state"),
    )
    return Table("Hosts", columns, rows, tuple(_about_hosts(hosts)))


def _self_tests(host: ComparedHost) -> str:
    check = host.check.self_test
    if check is None:
        return "none"
    return f"{check.differing} of {check.benchmarks} (chance allows {check.allowed})"


def _state(host: ComparedHost) -> str:
    if host.check.left_out:
        return "off, left out"
    return "off" if host.check.is_off else "as chance allows" if host.check.self_test else "not checked"


def _about_hosts(hosts: Iterable[ComparedHost]) -> Iterator[str]:
    if any(host.check.is_off for host in hosts):
        yield (
            "A host is off where more of its self-tests differ than the 99% binomial bound: something other "
            "than the loops moved its times."
        )


def off_sentences(hosts: Iterable[ComparedHost]) -> tuple[str, ...]:
    """Say of each host that is off that it is, by what, and what that means for its figures."""
    return tuple(_off(host) for host in hosts if host.check.is_off)


def _off(host: ComparedHost) -> str:
    advice = "what it measured is left out" if host.check.left_out else f"do not quote {_first_of(host)}"
    return f"host {host.number} is off, self-tests differ in {_self_tests(host)}: {advice}"


def _first_of(host: ComparedHost) -> str:
    """Name the first benchmarks of a host, and how many more there are."""
    more = len(host.benchmarks) - MOST_NAMED
    return ", ".join(host.benchmarks[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def ratio_tables(comparison: ComparisonOverHosts) -> Iterator[Table]:
    """Yield what is said over hosts and, where there are many, what each of them shows."""
    side_by_side = len(comparison.hosts) <= MOST_SIDE_BY_SIDE
    yield _over_hosts(comparison, side_by_side=side_by_side)
    if not side_by_side:
        yield _each_host(comparison)


def _over_hosts(comparison: ComparisonOverHosts, *, side_by_side: bool) -> Table:
    numbers_of = [host.number for host in comparison.hosts] if side_by_side else []
    rows = tuple(
        (
            *_names(comparison, case),
            *(_on_host(case.ratio, number) for number in numbers_of),
            on_hosts(case.ratio),
            _together(case.ratio),
            _another(case.ratio),
        )
        for case in comparison.cases
    )
    columns = (
        *names("benchmark", "backend"),
        *texts(*_kind_heads(comparison)),
        *numbers(*(f"host {number}" for number in numbers_of)),
        *texts("hosts"),
        *numbers("over hosts", "another host"),
    )
    return Table("Time ratios over hosts", columns, rows, tuple(_notes(comparison)))


def _each_host(comparison: ComparisonOverHosts) -> Table:
    rows = tuple(
        (*_names(comparison, case), str(host.host), _marked(host))
        for case in comparison.cases
        for host in case.ratio.hosts
    )
    columns = (
        *names("benchmark", "backend"),
        *texts(*_kind_heads(comparison)),
        *numbers("host", "time ratio"),
    )
    return Table("Time ratios, host by host", columns, rows)


def _kind_heads(comparison: ComparisonOverHosts) -> tuple[str, ...]:
    return ("machine",) if len(comparison.machines) > 1 else ()


def _names(comparison: ComparisonOverHosts, case: CaseOverHosts) -> tuple[str, ...]:
    backend = shown_names((comparison.baseline, *comparison.backends))[case.backend]
    return (case.benchmark, backend, *([case.machine] if len(comparison.machines) > 1 else []))


def _on_host(ratio: RatioOverHosts, number: int) -> str:
    return next((_marked(host) for host in ratio.hosts if host.host == number), "–")


def _marked(host: HostRatio) -> str:
    doubt = JUDGEMENT_MARKS.get(host.judgement, "") if host.ratio.has_interval else ""
    return format_ratio(host.ratio) + doubt


def on_hosts(ratio: RatioOverHosts) -> str:
    """Say on how many of the hosts a backend takes more or less time: "more time on 3 of 3"."""
    hosts = len(ratio.hosts)
    counts = [(direction, ratio.count(direction)) for direction in DIRECTIONS]
    counted = [f"{direction} on {count} of {hosts}" for direction, count in counts if count]
    return ", ".join(counted) or f"no clear difference on {hosts}"


def between(ratio: RatioOverHosts) -> str:
    """Return the range of the hosts' ratios: "0.63× to 0.70×"."""
    ends = (host.ratio for host in ratio.hosts if host.ratio.value in (ratio.lowest, ratio.highest))
    lowest, *_, highest = sorted((*ends,) * 2, key=lambda end: end.value)
    return f"{ratio_figure(lowest).value} to {ratio_figure(highest).value}"


def _together(ratio: RatioOverHosts) -> str:
    if ratio.differs:
        return f"differs between hosts, {between(ratio)}"
    return "–" if ratio.pooled is None else format_ratio(ratio.pooled)


def _another(ratio: RatioOverHosts) -> str:
    return "–" if ratio.another is None else ratio_figure(ratio.another).interval


def _notes(comparison: ComparisonOverHosts) -> Iterator[str]:
    shown = shown_names((comparison.baseline, *comparison.backends))
    yield (
        f"Time divided by that of {shown[comparison.baseline]} in the same rounds of one host; each host's "
        "intervals are its run's own (~ no clear difference, = equal within the margin). Over hosts, from "
        "three of one kind: the mean of their logarithms with Student's t, 95% each. Another host, from "
        "five: the range expected of one more, 95%. No figure is of rounds of two hosts."
    )
    for missing in comparison.missing:
        yield f"{missing.benchmark} on {shown[missing.backend]}: {missing.reason}."
