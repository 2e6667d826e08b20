"""A host's answer is read like a journal, and one that is not what was asked for is refused."""

import pytest

from harness.cluster import replies
from harness.cluster.jobs import Job, JobWriter, decode_job
from harness.cluster.replies import Refused, encode_entries, encode_refusal, host_of, unit_of
from harness.errors import BadInput
from harness.records.entries import (
    BenchmarkFinished,
    CaseObserved,
    Entry,
    HostJoined,
    RoundMeasured,
    RunFinished,
    UnitBegun,
)
from harness.runner.state import RunState
from harness.runner.units import Unit, units_of
from tests.clustered import RUN, described
from tests.records import ASYNCIO, UVLOOP, begun, fake_benchmark, plan, returned
from tests.unit_entries import DONE, FIRST, PLAN, SECOND, entries_of

WHOLE = [*entries_of(FIRST, 1.0)]


def read(reply: object) -> tuple[Entry, ...] | Refused:
    return unit_of(reply, FIRST, RUN, "host")


def without(kind: type[Entry]) -> list[Entry]:
    [first, *_] = (number for number, entry in enumerate(WHOLE) if isinstance(entry, kind))
    return WHOLE[:first] + WHOLE[first + 1 :]


def twice(kind: type[Entry]) -> list[Entry]:
    [first, *_] = (number for number, entry in enumerate(WHOLE) if isinstance(entry, kind))
    return [*WHOLE[: first + 1], *WHOLE[first:]]


def test_a_unit_comes_back_as_it_was_measured() -> None:
    assert read(encode_entries(WHOLE)) == tuple(WHOLE)


def test_a_refusal_comes_back_in_words_without_controls() -> None:
    assert read(encode_refusal("no\n room\x1b[2J")) == Refused("no room\\x1b[2J")
    assert read(encode_refusal("no\n unit", of_run=True)) == Refused("no unit", of_run=True)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (encode_entries([*entries_of(SECOND, 1.0)]), "its answer is of another unit"),
        (encode_entries(WHOLE[1:]), "does not begin and end as a unit does"),
        (encode_entries(WHOLE[:-1]), "does not begin and end as a unit does"),
        (encode_entries([]), "neither a unit nor a refusal"),
        (encode_entries(without(CaseObserved)), "does not hold each of its cases"),
        (encode_entries(twice(CaseObserved)), "case host asyncio.gather more than once"),
        (encode_entries(twice(RoundMeasured)), "round host 0 more than once"),
        (encode_entries([*WHOLE[:-2], WHOLE[-1]]), "is not whole"),
        (encode_entries([*WHOLE[:2], UnitBegun(FIRST.benchmarks), *WHOLE[2:]]), "what is no part of a unit"),
        (encode_entries([*WHOLE[:2], HostJoined(1, RUN.machine), *WHOLE[2:]]), "what is no part of a unit"),
        (encode_entries([*WHOLE[:2], RunFinished(RUN.started, 1.0), *WHOLE[2:]]), "is no part of a unit"),
        (encode_entries([*WHOLE[:-1], BenchmarkFinished("other", DONE), WHOLE[-1]]), "other benchmarks"),
        (described(), "does not begin and end as a unit does"),
        (encode_entries(WHOLE)[:-5], "neither a unit nor a refusal"),
        (encode_entries(WHOLE).replace(b'"wall":', b'"wall":-'), "wall is -"),
        (encode_entries(WHOLE).replace(b'"kind":"case', b'"king":"case'), "line 2"),
        (b"+\n", "line 1"),
        (b"+[1]\n", "line 1"),
        (b"+" + b"[" * 100_000 + b"\n", "line 1"),
        (b"\x80\x04K\x01.", "neither a unit nor a refusal"),
        (b"", "neither a unit nor a refusal"),
        ({"unit": 1}, "no bytes"),
        (bytearray(b"-x"), "no bytes"),
        (None, "no bytes"),
    ],
)  # fmt: skip
def test_an_answer_that_was_not_asked_for_is_refused(reply: object, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        read(reply)


def test_an_answer_of_more_bytes_than_a_unit_has_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "LARGEST_REPLY", 1000)
    with pytest.raises(BadInput, match="bytes, and a unit has 1000 at the most"):
        read(encode_entries(WHOLE))


@pytest.mark.parametrize("reply", [encode_entries(WHOLE), encode_entries([]), b"+", 7])
def test_a_host_that_does_not_say_what_it_is_is_refused(reply: object) -> None:
    with pytest.raises(BadInput, match="host"):
        host_of(reply, "host")


def test_a_host_says_what_it_is() -> None:
    assert host_of(described(), "host") == HostJoined(1, RUN.machine, "", (2, 3))


def test_a_job_arrives_as_it_was_sent() -> None:
    files = (("mine.py", b"x"),)
    assert decode_job(JobWriter(RUN, files).describing()) == Job(RUN, (), files)
    arrived = decode_job(JobWriter(RUN, files).measuring(FIRST))
    assert (arrived.benchmarks, arrived.files) == (FIRST.benchmarks, files)


@pytest.mark.parametrize(
    "job",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        JobWriter(RUN).describing()[:-2],
        JobWriter(RUN).describing()[:-9],
        JobWriter(RUN).measuring(FIRST)[:-1],
        (1000).to_bytes(8, "big") + JobWriter(RUN).describing()[8:],
    ],
)
def test_what_is_no_job_is_refused(job: bytes) -> None:
    with pytest.raises(BadInput, match="no job of this loopcmp"):
        decode_job(job)


def test_a_job_of_a_large_plan_is_small() -> None:
    benchmarks = [fake_benchmark(f"scenario:n={number}", returned(number)) for number in range(1000)]
    writer = JobWriter(begun(plan(*benchmarks, on=(ASYNCIO, UVLOOP))))
    unit = Unit((benchmarks[500].id,))
    assert len(writer.measuring(unit)) < 50_000
    assert decode_job(writer.measuring(unit)).run.plan.benchmarks[500] == benchmarks[500]


@pytest.mark.parametrize("unit", units_of(PLAN))
def test_a_job_says_of_other_benchmarks_what_levels_and_orders_depend_on(unit: Unit) -> None:
    run = decode_job(JobWriter(RUN).measuring(unit)).run
    plan = run.plan
    assert (plan.comparisons, plan.level, plan.inner_level) == (
        PLAN.comparisons,
        PLAN.level,
        PLAN.inner_level,
    )
    assert units_of(plan) == units_of(PLAN)
    assert RunState(run).units == (unit,)
    for benchmark, planned in zip(plan.benchmarks, PLAN.benchmarks, strict=True):
        assert (benchmark == planned) is (benchmark.id in unit.benchmarks)
