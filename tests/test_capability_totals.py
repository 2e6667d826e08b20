"""What each loop can do, counted."""

from dataclasses import replace

from harness.analysis import capabilities, capability_totals
from harness.backends.backend import Backend, Loop
from harness.report.tables.capabilities import totals
from tests.capable import MISSING, RIGHT, UNTIDY, record, tried
from tests.records import ASYNCIO, plan, record_of, seen_alike


def test_a_loops_total_says_how_many_of_each_answer_there_are_of_all_that_were_tried() -> None:
    asyncio, uvloop = capability_totals.totals(record(RIGHT, MISSING, UNTIDY, MISSING))
    assert str(asyncio).endswith(": 4 yes of 4")
    assert str(uvloop).endswith(': 1 yes, 1 "yes, but", 2 no of 4')


def test_the_table_counts_and_says_what_an_untidy_yes_leaves() -> None:
    shown = totals(record(UNTIDY, MISSING, UNTIDY))
    assert shown is not None
    assert shown.heads == ("loop", "yes", "yes, but", "no", "tried")
    assert [cells[1:] for cells in shown.rows] == [("3", "", "", "3"), ("", "2", "1", "3")]
    assert shown.notes == (
        "uvloop: yes, but most often it reports unclosed, leaves 2 descriptors a loop (2 of 2).",
    )


def test_a_loop_stands_beside_its_version_and_one_of_unknown_version_alone() -> None:
    one, mine = tried("can_listen"), Backend(Loop("mine", factory="mine:new_event_loop"), "gather")
    started = record(RIGHT).run
    backends = (*started.plan.backends, mine)
    shown = capabilities.headings(
        record_of(
            replace(plan(one), backends=backends, baseline=ASYNCIO), *seen_alike(one, RIGHT, (ASYNCIO,))
        )
    )
    versions = dict(started.machine.versions)
    assert shown == (
        f"asyncio {started.machine.python}",
        f"uvloop {versions.get('uvloop', '')}".strip(),
        "mine",
    )
