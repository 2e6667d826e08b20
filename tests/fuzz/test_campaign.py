"""A campaign: what it writes down, how it goes on, and that nothing which it has found is lost."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from harness.backends.registry import find_backend
from harness.errors import BadInput
from harness.fuzz.campaign import Campaign
from harness.fuzz.conclusion import conclude, read_saved, save
from harness.fuzz.findings import Finding, Suspect
from harness.fuzz.generator import Series
from harness.fuzz.journal import Begun, Chunk, Found, Journal, Line, Suspected
from harness.fuzz.kinds import Profile
from harness.fuzz.known import KnownRow
from harness.fuzz.language import size, walk
from harness.fuzz.limits import CHUNK, Limits, Part
from harness.fuzz.outcomes import Problem
from harness.fuzz.session import folder_name
from harness.fuzz.state import CampaignState, Totals
from harness.fuzz.statements import Raise
from harness.fuzz.subject import Subject, make_subject
from harness.fuzz.summary import BackendSummary, Summary
from harness.fuzz.text import read_program

PLANTED = Path(__file__).with_name("planted.py")
BEGUN = Begun(1, "all", 14, ("asyncio+gather",), "", 0, 1)


def subject(fault: str = "") -> Subject:
    plain = make_subject(find_backend("asyncio"), sys.executable)
    return replace(plain, faults=(f"{PLANTED}::{fault}",) if fault else ())


def suspect(number: int = 3, signature: str = "done sleep -, allowed: not now") -> Suspect:
    return Suspect("asyncio+gather", number, "sleep until=1", "", Problem.TRACE, signature)


def finding(program: str = "sleep until=1", confirmed: int = 10, problem: Problem = Problem.TRACE) -> Finding:
    signature = "done sleep -, allowed: not now"
    return Finding("asyncio+gather", problem, signature, program, program, 3, confirmed, 10)


def chunk(first: int, count: int = CHUNK, **known: int) -> Chunk:
    return Chunk("asyncio+gather", first, count, count, known=known)


def test_a_journal_gives_back_what_was_appended(tmp_path: Path) -> None:
    lines: list[Line] = [BEGUN, chunk(0), Suspected(suspect()), Found(suspect(), finding())]
    with Journal(tmp_path) as journal:
        for line in lines:
            journal.append(line)
    with Journal(tmp_path) as journal:
        assert [*journal.lines()] == lines


def test_a_torn_last_line_is_left_out_and_written_over(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.append(BEGUN)
        journal.append(chunk(0))
    path = tmp_path / "campaign.jsonl"
    path.write_bytes(path.read_bytes()[:-5])
    with Journal(tmp_path) as journal:
        journal.append(chunk(50))
        assert [*journal.lines()] == [BEGUN, chunk(50)]


def test_two_campaigns_never_write_to_one_journal(tmp_path: Path) -> None:
    with Journal(tmp_path), pytest.raises(BadInput, match="another loopcmp is at work"):
        Journal(tmp_path)


def test_parts_of_a_series_share_its_programs_without_a_gap() -> None:
    numbers = Counter(
        number
        for index in range(3)
        for first, count in Part(index, 3).chunks(1010)
        for number in range(first, first + count)
    )
    assert numbers == Counter(range(1010))


def test_totals_count_a_chunk_that_was_cut_short_and_run_again_once() -> None:
    state = CampaignState((), [chunk(0, 20), chunk(0), chunk(50, 10)])
    assert state.totals()["asyncio+gather"].judged == CHUNK + 10
    assert state.is_done("asyncio+gather", 0, CHUNK)
    assert not state.is_done("asyncio+gather", 50, CHUNK)


def test_a_suspect_is_pending_until_it_was_looked_into() -> None:
    state = CampaignState((), [Suspected(suspect())])
    assert [*state.pending.values()] == [suspect()]
    state.add(Found(suspect(), finding()))
    assert not state.pending


def test_one_fault_is_one_finding_with_its_smallest_program() -> None:
    large, small = finding("sleep until=1\nsleep until=1"), finding()
    state = CampaignState((), [Found(suspect(1), large), Found(suspect(2), small), Found(suspect(3), large)])
    (found,) = state.all_findings()
    assert (found.program, found.times) == (small.program, 3)


def test_what_is_seen_again_without_being_looked_into_is_counted() -> None:
    lines = [
        line
        for number in range(3)
        for line in (Suspected(suspect(number)), Found(suspect(number), finding()))
    ]
    state = CampaignState((), lines)
    finding_id = state.seen_before(("asyncio+gather", Problem.TRACE, suspect().signature))
    assert finding_id == finding().id
    state.add(msgspec.structs.replace(chunk(0), again={finding_id: 7}))
    assert [one.times for one in state.all_findings()] == [10]


def test_what_was_not_seen_again_is_no_finding_but_a_death_that_comes_twice_is() -> None:
    lines = [Found(suspect(number), finding(confirmed=0)) for number in range(2)]
    state = CampaignState((), lines)
    assert not state.all_findings()
    assert state.unconfirmed
    deaths = [Found(suspect(number), finding(confirmed=0, problem=Problem.DIED)) for number in range(2)]
    assert len(CampaignState((), deaths).all_findings()) == 1


def test_a_known_row_makes_a_finding_known_and_hides_no_other() -> None:
    row = KnownRow(
        "early",
        ("asyncio",),
        "why",
        "not reported yet",
        "sleep",
        {},
        None,
        Problem.TRACE,
        finding().signature,
    )
    other = msgspec.structs.replace(finding(), signature="done send -, allowed: not now")
    state = CampaignState((row,), [Found(suspect(1), finding()), Found(suspect(2), other)])
    assert {one.signature: one.known for one in state.all_findings()} == {
        finding().signature: "early",
        other.signature: "",
    }


@pytest.mark.parametrize(
    ("findings", "totals", "error", "code"),
    [
        ((), Totals(judged=100), "", 0),
        ((finding(),), Totals(judged=100), "", 1),
        ((), Totals(judged=97, undecided=3), "", 3),
        ((), Totals(judged=97, late=3), "", 3),
        ((), Totals(judged=100), "it cannot be run", 3),
        ((), Totals(), "", 3),
    ],
)
def test_the_exit_code_says_what_came_of_it(
    findings: tuple[Finding, ...], totals: Totals, error: str, code: int
) -> None:
    backend = BackendSummary("asyncio+gather", totals, error=error)
    assert Summary(1, "all", (backend,), findings, (), (), (), "").exit_code == code


@pytest.mark.workers
def test_a_campaign_finds_a_fault_makes_it_small_and_says_everything_of_it(tmp_path: Path) -> None:
    broken = subject("group_drops_an_error")
    state = CampaignState(())
    with Journal(tmp_path) as journal:
        campaign = Campaign([broken], Series(1, Profile.TASKS), state, journal)
        campaign.run(Limits(programs=300), Part())
    assert not campaign.errors
    found = next(one for one in state.all_findings() if one.problem is Problem.TRACE)
    program = read_program(found.program)
    assert found.confirmed == found.tries
    assert size(program) <= 4
    assert sum(isinstance(one, Raise) for one in walk(program.body)) == 2
    concluded = conclude(found, broken, [broken, subject()])
    assert [one.verdict == "as it should be" for one in concluded.outcomes] == [False, True]
    assert concluded.script is not None
    assert (
        not concluded.script.shows
    )  # the script knows nothing of the fault that was planted in this process
    path = save(concluded, tmp_path / "findings")
    assert read_saved(path.parent) == [concluded]


@pytest.mark.workers
def test_a_campaign_goes_on_where_it_was_left(tmp_path: Path) -> None:
    series = Series(2)
    with Journal(tmp_path) as journal:
        Campaign([subject()], series, CampaignState(()), journal).run(Limits(programs=120), Part())
        state = CampaignState((), journal.lines())
        again: list[Line] = []
        Campaign([subject()], series, state, journal, show=again.append).run(Limits(programs=200), Part())
    assert [(line.first, line.count) for line in again if isinstance(line, Chunk)] == [(100, 50), (150, 50)]
    assert state.totals()["asyncio+gather"].programs == 200


@pytest.mark.long
@pytest.mark.workers
def test_a_killed_campaign_loses_no_finding_and_goes_on(tmp_path: Path) -> None:
    draw = random.Random(1)
    command = [
        str(Path(sys.executable).with_name("loopcmp")), "fuzz", "-b", "asyncio", "--programs", "1500",
        "--folder", str(tmp_path), "--seed", "5", "--no-progress",
    ]  # fmt: skip
    begun = Begun(5, "all", 14, ("asyncio+gather",), "", 0, 1)
    journal = tmp_path / folder_name(begun) / "campaign.jsonl"
    before: list[bytes] = []
    for _ in range(20):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(draw.uniform(0.5, 4.0))  # a moment to be killed in is what is drawn
            process.send_signal(signal.SIGKILL)
        after = journal.read_bytes().splitlines() if journal.exists() else []
        whole = before[:-1] if before and len(after) < len(before) else before
        assert after[: len(whole)] == whole
        before = after
    assert subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0
    with Journal(journal.parent) as reopened:
        chunks = [line for line in reopened.lines() if isinstance(line, Chunk)]
    assert sorted(line.first for line in chunks) == [*range(0, 1500, CHUNK)]


@pytest.mark.workers
def test_a_loop_that_crashes_in_one_program_of_many_costs_no_finding(tmp_path: Path) -> None:
    hostile = Path(__file__).with_name("hostile_loops.py")
    broken = replace(subject(), faults=(f"{hostile}::crashes",))
    state = CampaignState(())
    with Journal(tmp_path) as journal:
        campaign = Campaign([broken], Series(1, Profile.TIMERS), state, journal)
        campaign.run(Limits(programs=100), Part())
    assert not campaign.errors
    assert state.totals()["asyncio+gather"].programs == 100
    (found,) = (one for one in state.all_findings() if one.problem is Problem.DIED)
    assert found.signature == "was killed by SIGSEGV"
    assert found.times > 3
    assert size(read_program(found.program)) == 1
