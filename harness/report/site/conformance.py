"""What loops can do, on the site: a page that compares all, a part of each loop's page, and badges."""

from collections.abc import Iterable, Iterator, Sequence

from harness.records.conformance import Ability, CapabilityAnswer, ConformanceRecord, LoopConformance
from harness.report.html.templating import fill_page
from harness.report.site.badge import BAD, GOOD, badge_image, endpoint
from harness.report.site.names import slug
from harness.report.site.trail import site_assets
from harness.report.tables.capabilities import ability_text
from harness.report.tables.table import Table, texts, verdict_columns

PAGE = "conformance.html"


def name_of(tried: LoopConformance) -> str:
    """Return the loop without its environment: whose page, and whose badge, it stands on."""
    return tried.loop.partition("@")[0]


Tried = tuple[ConformanceRecord, LoopConformance]
"""A loop, and the file that says what it can do."""


def newest_of_each(newest_first: Iterable[ConformanceRecord]) -> list[Tried]:
    """Return every loop on every Python once, as the newest file has it, by the loop's name."""
    newest: dict[tuple[str, str], Tried] = {}
    for record in newest_first:
        for tried in record.loops:
            newest.setdefault((tried.loop, tried.python), (record, tried))
    return [newest[key] for key in sorted(newest)]


def page(newest_first: Sequence[ConformanceRecord]) -> str:
    """Return the page that compares all loops: totals, and then capability by capability."""
    tried = newest_of_each(newest_first)
    tables = [totals_table(tried), *(_comparison(record) for record in newest_first if _has_answers(record))]
    return fill_page("conformance.html.j2", assets=site_assets(""), tables=tables if tried else [])


def totals_table(tried: Iterable[Tried]) -> Table:
    """Return a row for each loop and Python: its capabilities in words, and how many tests it passes."""
    columns = texts("loop", "Python", "capabilities", "CPython's own tests", "when", "where")
    return Table("What loops can do", columns, tuple(_totals_row(*pair) for pair in tried))


def _totals_row(record: ConformanceRecord, tried: LoopConformance) -> tuple[str, ...]:
    tests = str(tried.cpython_tests or "")
    return tried.heading, tried.python, tried.abilities, tests, record.started[:10], record.machine


def _has_answers(record: ConformanceRecord) -> bool:
    return any(tried.capabilities for tried in record.loops)


def _comparison(record: ConformanceRecord) -> Table:
    """Return capabilities × loops, as one file has them."""
    loops = [tried for tried in record.loops if tried.capabilities]
    answers = [{answer.name: answer for answer in tried.capabilities} for tried in loops]
    titles = {answer.name: answer.title for tried in loops for answer in tried.capabilities}
    rows = tuple(
        (title, *(ability_text(of[name].ability) if name in of else "" for of in answers))
        for name, title in titles.items()
    )
    heads = (f"{tried.heading} on {tried.python}" if tried.version else tried.heading for tried in loops)
    title = f"Capability by capability, {record.started[:10]}, {record.machine}"
    return Table(title, (*texts("capability"), *verdict_columns(*heads)), rows)


def loop_tables(loop: str, newest_first: Sequence[ConformanceRecord]) -> Iterator[Table]:
    """Yield the tables of a loop's page: its totals, what it cannot do, and which tests it does not pass."""
    tried = [pair for pair in newest_of_each(newest_first) if name_of(pair[1]) == loop]
    if tried:
        yield totals_table(tried)
    for _, one in tried:
        where = f"{one.heading} on Python {one.python}"
        if lacks := tuple(_lack(answer) for answer in one.capabilities if answer.ability is not Ability.YES):
            columns = (*texts("capability"), *verdict_columns("can"), *texts("because"))
            yield Table(f"What {where} cannot do, or leaves", columns, lacks)
        if one.cpython_tests is not None and one.cpython_tests.lacks:
            rows = tuple((lack.test, lack.outcome, lack.because) for lack in one.cpython_tests.lacks)
            columns = texts("test", "outcome", "because")
            yield Table(f"CPython's tests that {where} does not pass", columns, rows)


def _lack(answer: CapabilityAnswer) -> tuple[str, str, str]:
    because = f"{answer.reason} ({answer.source})" if answer.source else answer.reason
    return answer.title, ability_text(answer.ability), because


def badges(newest_first: Sequence[ConformanceRecord]) -> Iterator[tuple[str, str]]:
    """Yield the badges of each loop under addresses that stay: an image, and an endpoint of shields.io."""
    newest: dict[str, LoopConformance] = {}
    for record in newest_first:
        for tried in record.loops:
            if "@" not in tried.loop:
                newest.setdefault(tried.loop, tried)
    for loop, tried in sorted(newest.items()):
        for name, message, is_good in _messages(tried):
            color = GOOD if is_good else BAD
            yield f"badges/{slug(loop)}.{name}.svg", badge_image(f"loopcmp {loop}", message, color)
            yield f"badges/{slug(loop)}.{name}.json", endpoint(f"loopcmp {loop}", message, color)


def _messages(tried: LoopConformance) -> Iterator[tuple[str, str, bool]]:
    """Yield what the badges of a loop say, each with its name and whether it is all that one could wish."""
    if tried.capabilities:
        total, counts = len(tried.capabilities), tried.counts
        yield "capabilities", f"{total} capabilities: {counts[Ability.YES]} yes", counts[Ability.YES] == total
    tests = tried.cpython_tests
    if tests is not None and not tests.unavailable:
        words = f"{tests.passed} of {tests.tried} of CPython's tests"
        yield "cpython-tests", words, tests.passed == tests.tried
