"""What is said on stderr while a run goes on."""

from dataclasses import replace

from harness.cli.progress import Progress
from harness.entry import Finished
from harness.plan import FAST
from harness.tally import Tally
from tests.records import ASYNCIO, UVLOOP, begun, look, plan, returned, row, seen_alike, twice


def test_a_native_row_that_is_measured_in_anothers_rounds_is_not_waited_for() -> None:
    told = row("story", returned(1), uses_gather=False)
    twin = replace(row("asyncio_story", returned(1), uses_gather=False), native="story", only="asyncio")
    seen = twice(look(returned(1)))
    observed = [*seen_alike(told, seen), *seen_alike(twin, seen, [ASYNCIO, UVLOOP])]
    tally = Tally(begun(plan(told, twin, effort=FAST)), observed)
    progress = Progress(tally, shown=False, timed=True)
    assert "timing 1 of the rows" in progress._announcement()
    assert "passes" not in progress._announcement()
    progress.show(Finished(told.id, "6 rounds, as --fast asks"))
    (timing,) = (task for task in progress._bars.tasks if task.description == "timing")
    assert timing.completed == timing.total == 1


def test_the_passes_that_were_asked_for_are_announced_with_the_time_they_may_take() -> None:
    rows = (row("one", returned(1), set_up=True), row("two", returned(1)))
    asked = replace(plan(*rows), also=("latency", "collections"))
    progress = Progress(Tally(begun(asked)), shown=False, timed=True)
    assert progress._announcement().endswith(" s, 3 passes at most 180 s")
