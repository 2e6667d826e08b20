"""The remarks under an answer's figures: sameness, self-test, and what to know before believing them."""

from collections import Counter
from collections.abc import Iterator, Sequence

from harness.records.counting import counted
from harness.records.estimate import Estimate
from harness.records.record import Record
from harness.records.verdict import FINDINGS, Verdict
from harness.report import commands
from harness.report.answer.values import Remark, Subject, Tone
from harness.report.backend_names import shown_names
from harness.report.formatting import count_benchmarks, format_ratio
from harness.report.notices import Notice, NoticeKind, Severity
from harness.report.tables import audit
from harness.report.tables.contrasts import changes_of_stack
from harness.report.warnings import notices

MOST_WARNINGS = 3
"""The most warnings in an answer; more of them hide each other, and --details has them all."""


def remarks(record: Record, details: str = "--details") -> tuple[Remark, ...]:
    """Return a record's remarks: changes of stack, sameness, the self-test, and the gravest warnings.

    `details` says where everything else stands; empty where that is linked.
    """
    details = details and f" ({details})"
    return (
        *(Remark(Tone.PLAIN, sentence) for sentence in audit.sentences(record)),
        *_changes_of_stack(record),
        *sameness(record, details),
        *_blemished(record, details),
        *_self_test(record),
        *_shown(list(warnings(record, details)), details),
    )


def _changes_of_stack(record: Record) -> Iterator[Remark]:
    """Yield what each change of stack comes to, which no figure of a backend has."""
    takes: dict[tuple[str, str], list[str]] = {}
    for shown in changes_of_stack(record):
        words = f"{format_ratio(shown.contrast.ratio)} the time of {shown.against}"
        takes.setdefault((shown.benchmark, shown.arm), []).append(words)
    for (benchmark, arm), ratios in takes.items():
        yield Remark(Tone.PLAIN, f"{benchmark}, a change of stack: {arm} takes {' and '.join(ratios)}")


def sameness(record: Record, details: str) -> tuple[Remark, ...]:
    """Return whether all backends gave the same, and if not how many cases did not, by their verdicts.

    `details` is put behind what has more to it: " (--details)".
    """
    verdicts = Counter(case.verdict.kind for result in record.results for case in result.cases)
    findings = [verdict for verdict in Verdict if verdict in FINDINGS and verdicts[verdict]]
    unknown = [
        verdict
        for verdict in (Verdict.COULD_NOT_MEASURE, Verdict.UNSUPPORTED, Verdict.UNAVAILABLE)
        if verdicts[verdict]
    ]
    many = Remark(Tone.GOOD, _same(record, verdicts[Verdict.KNOWN_DIFFERENCE], details), Subject.SAMENESS)
    if not findings and not unknown:
        return (many,)
    tone = Tone.FINDING if findings else Tone.WARNING
    first, *others = (*findings, *unknown)
    counts = f"{first} in {_cases(verdicts[first])}"
    counts += "".join(f", {verdict} in {verdicts[verdict]}" for verdict in others)
    text = f"{counts}: {_first_case(record, {*findings, *unknown})}{details}"
    return (Remark(tone, text, Subject.SAMENESS),)


def _blemished(record: Record, details: str) -> Iterator[Remark]:
    """Yield how many cases did all that was promised, and left or reported something else as well.

    One of them is an example, unless there is one of a case that did not even do what was promised.
    """
    shown = shown_names(record.backends)
    blemished = [
        (f"{result.benchmark.id} on {shown[case.backend]}", case.verdict.blemish)
        for result in record.results
        for case in result.cases
        if case.verdict.blemish
    ]
    if blemished:
        [(case, blemish), *_] = blemished
        worse = any(each.verdict.kind in FINDINGS for result in record.results for each in result.cases)
        example = "" if worse else f": {case} {blemish}"
        words = f"in {_cases(len(blemished))} more than was promised{example}{details}"
        yield Remark(Tone.FINDING, words, Subject.SAMENESS)


def _same(record: Record, known: int, details: str) -> str:
    count = len(record.results)
    words = "as promised" if len(record.backends) == 1 else "same result"
    if known:
        benchmarks = f"{count} benchmarks" if count > 1 else record.results[0].benchmark.id
        cases = sum(len(result.cases) for result in record.results)
        return f"{words} in {benchmarks}; {known} of {_cases(cases)} known to differ{details}"
    return f"{words} in {f'all {count} benchmarks' if count > 1 else record.results[0].benchmark.id}"


def _cases(count: int) -> str:
    return counted(count, "case")


def _first_case(record: Record, verdicts: set[Verdict]) -> str:
    """Return the name of the first case with one of these verdicts."""
    shown = shown_names(record.backends)
    return next(
        f"{result.benchmark.id} on {shown[case.backend]}"
        for result in record.results
        for case in result.cases
        if case.verdict.kind in verdicts
    )


def _self_test(record: Record) -> Iterator[Remark]:
    check, baseline = record.self_test, shown_names(record.backends)[record.run.plan.baseline]
    if check is None:
        return
    passed = check.differing <= check.allowed
    if check.differing == 0:
        result = f"no difference in {check.benchmarks} of {check.benchmarks}"
    else:
        result = f"differs in {check.differing} of {check.benchmarks} (chance allows {check.allowed})"
    tone = Tone.GOOD if passed else Tone.WARNING
    advice = "" if passed else ": do not quote this run"
    yield Remark(tone, f"self-test: {baseline} against itself, {result}{advice}")


_FIXED_TEXTS = {
    NoticeKind.UNFINISHED: "the run was not finished: loopcmp resume goes on with it",
    NoticeKind.SHARED_CPU: "something else ran on the workers' CPU: intervals are wider for it",
    NoticeKind.NOT_PINNED: "this system cannot keep the workers on one CPU",
    NoticeKind.CPU_QUOTA: "this container's CPU time is limited: times have pauses that no loop made",
    NoticeKind.LOAD: "the machine was busy with other work",
    NoticeKind.FREQUENCY: "the CPU's frequency may have changed: its governor is not performance",
    NoticeKind.TOO_FEW_ROUNDS: "some figures have too few rounds for an interval",
}
"""The warnings that are the same in every record, each in at most one line of a terminal."""

_GRAVEST_FIRST = (
    NoticeKind.UNFINISHED,
    NoticeKind.SHARED_CPU,
    NoticeKind.NOT_PINNED,
    NoticeKind.CPU_QUOTA,
    NoticeKind.LOAD,
    NoticeKind.FREQUENCY,
    NoticeKind.NOT_ADJUSTED,
    NoticeKind.TOO_FEW_ROUNDS,
    NoticeKind.OUT_OF_TIME,
    NoticeKind.FLAGGED,
)
"""The kinds of warnings in the order in which they take from the figures; the self-test has its own line."""


def warnings(record: Record, details: str) -> Iterator[str]:
    """Yield a short sentence for each kind of warning that the record has, the gravest first."""
    by_kind: dict[NoticeKind, list[Notice]] = {}
    for notice in notices(record):
        if notice.severity is Severity.WARNING:
            by_kind.setdefault(notice.kind, []).append(notice)
    for kind in _GRAVEST_FIRST:
        if kind in by_kind:
            yield _short(record, kind, len(by_kind[kind]), details)


def _short(record: Record, kind: NoticeKind, count: int, details: str) -> str:
    """Return a warning in at most one line of a terminal."""
    match kind:
        case NoticeKind.NOT_ADJUSTED:
            return f"a first look{_widths(record)}. To quote: {commands.without_fast(record)}"
        case NoticeKind.OUT_OF_TIME:
            return f"{count_benchmarks(count)} ended before the interval was as narrow as asked"
        case NoticeKind.FLAGGED:
            return f"{counted(count, 'figure')} to read with care{details}"
        case _:
            return _FIXED_TEXTS[kind]


def _widths(record: Record) -> str:
    """Return between which half-widths the intervals of a record's ratios lie."""
    ratios = [
        case.timing.ratio
        for result in record.results
        for case in result.cases
        if case.timing is not None and case.timing.ratio is not None and case.timing.ratio.has_interval
    ]
    if not ratios:
        return ""
    narrowest, widest = min(ratios, key=_width), max(ratios, key=_width)
    low, high = _percent(narrowest), _percent(widest)
    return f": ±{low}%" if low == high else f": ±{low} to ±{high}%"


def _percent(ratio: Estimate) -> str:
    return f"{ratio.half_width * 100:.2g}"


def _width(ratio: Estimate) -> float:
    return ratio.half_width


def _shown(texts: Sequence[str], details: str) -> Iterator[Remark]:
    """Yield the first warnings, the last of them with how many more there are."""
    for number, text in enumerate(texts[:MOST_WARNINGS], start=1):
        more = len(texts) - MOST_WARNINGS
        rest = (
            f", and {counted(more, 'more warning')}{details}" if more > 0 and number == MOST_WARNINGS else ""
        )
        yield Remark(Tone.WARNING, text + rest)
