"""A queue of units over hosts journals every unit once, whatever hosts and engine do."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, count, repeat
from pathlib import Path

import pytest

from harness.cluster import queue
from harness.cluster.engine import Lost
from harness.cluster.jobs import Job
from harness.cluster.queue import MOST_ATTEMPTS, WITHOUT_HOSTS, NoHosts
from harness.cluster.replies import encode_refusal
from harness.records import store
from harness.records.entries import CaseObserved, Entry, HostJoined, RoundMeasured, UnitBegun, UnitFinished
from harness.records.verdict import Verdict
from harness.runner import session
from harness.runner.state import RunState
from tests.clustered import RUN, FakeEngine, Measured, described, measure, measured, other_machine
from tests.unit_entries import FIRST, SECOND, UNTIMED, entries_of


def never(_: Job) -> object:
    return None


def hosts_of(entries: list[Entry]) -> dict[str, int]:
    return {entry.benchmarks[0]: entry.host for entry in entries if isinstance(entry, UnitBegun)}


def assert_whole(result: Measured) -> None:
    """Every unit, case and round is there once, and every unit is of one host that joined before."""
    entries = result.entries
    begun = [entry.benchmarks for entry in entries if isinstance(entry, UnitBegun)]
    assert sorted(begun) == sorted(unit.benchmarks for unit in (FIRST, SECOND, UNTIMED))
    cases = Counter((e.benchmark, e.backend) for e in entries if isinstance(e, CaseObserved))
    rounds = Counter((e.benchmark, e.number) for e in entries if isinstance(e, RoundMeasured))
    assert (len(cases), len(rounds)) == (8, 12)
    assert set(cases.values()) | set(rounds.values()) == {1}
    joined: list[int] = []
    for entry in entries:
        if isinstance(entry, HostJoined):
            joined.append(entry.number)
        if isinstance(entry, UnitBegun):
            assert entry.host in joined
    assert joined == list(range(1, len(joined) + 1))


def test_every_unit_is_measured_once_and_both_hosts_have_numbers(tmp_path: Path) -> None:
    result = measure(tmp_path, engine := FakeEngine({"a": measured, "b": measured}))
    assert_whole(result)
    assert set(hosts_of(result.entries).values()) == {1, 2}
    assert all(flight.released for flight in engine.flights)
    assert result.announced == []


def test_the_record_says_which_host_each_benchmark_is_of(tmp_path: Path) -> None:
    result = measure(tmp_path, FakeEngine({"a": measured, "b": measured}))
    record = RunState(RUN, result.entries).record()
    assert len(record.run.hosts) == 2
    assert {each.benchmark.id: each.measured_on for each in record.results} == {
        name: str(hosts_of(result.entries)[unit.name])
        for unit in (FIRST, SECOND, UNTIMED)
        for name in unit.benchmarks
    }


def test_a_unit_whose_host_has_gone_begins_again_on_another(tmp_path: Path) -> None:
    def leave(engine: FakeEngine) -> None:
        if engine.turns == 3:
            engine.answers = {"b": measured}

    def at_work(job: Job) -> object:
        return None if job.benchmarks else described()

    engine = FakeEngine({"a": at_work}, at_turn=leave)
    result = measure(tmp_path, engine)
    assert_whole(result)
    assert set(hosts_of(result.entries).values()) == {1}
    assert result.announced == ["shown begins again: its host has gone"]
    assert engine.submitted(UNTIMED) == 2


@pytest.mark.parametrize(
    "reply",
    [
        Lost("the engine gave it up (lost)"),
        encode_refusal("the process ended"),
        b"+nonsense\n",
        b"?",
        "text",
        7,
    ],
    ids=str,
)
def test_a_unit_that_never_comes_back_is_begun_three_times_and_then_could_not_be_measured(
    tmp_path: Path, reply: object
) -> None:
    def answer(job: Job) -> object:
        return reply if job.benchmarks == SECOND.benchmarks else measured(job)

    engine = FakeEngine({"a": answer})
    engine.at_turn = lambda each: each.answers.update({f"host {each.turns}": answer})
    result = measure(tmp_path, engine)
    assert engine.submitted(SECOND) == MOST_ATTEMPTS
    record = RunState(RUN, result.entries).record()
    verdicts = {each.benchmark.id: {case.verdict.kind for case in each.cases} for each in record.results}
    assert verdicts["other"] == {Verdict.COULD_NOT_MEASURE}
    assert verdicts["host"] == verdicts["twin"] == verdicts["shown"] == {Verdict.SAME_RESULT}
    assert sum(isinstance(entry, UnitFinished) for entry in result.entries) == 3


def test_a_host_that_answers_with_what_it_was_not_asked_for_takes_no_further_part(tmp_path: Path) -> None:
    def unasked(job: Job) -> object:
        return measured(replace(job, benchmarks=SECOND.benchmarks)) if job.benchmarks else described()

    result = measure(tmp_path, FakeEngine({"a": measured, "b": unasked}))
    assert_whole(result)
    assert set(hosts_of(result.entries).values()) == {1}
    assert result.announced == [
        "b takes no part: b was asked for host, and its answer is of another unit",
        "host begins again: its host was refused",
    ]


def test_a_host_of_another_kind_is_refused_in_words(tmp_path: Path) -> None:
    engine = FakeEngine({"a": measured, "b": lambda _: described(other_machine())})
    result = measure(tmp_path, engine)
    assert_whole(result)
    assert set(hosts_of(result.entries).values()) == {1}
    assert result.announced == [
        f"b takes no part: it is {other_machine().kind}, and the run's hosts are {RUN.machine.kind}"
    ]


def test_a_host_with_other_versions_is_refused_in_words(tmp_path: Path) -> None:
    newer = replace(
        RUN.machine, versions=tuple((name, f"{version}.1") for name, version in RUN.machine.versions)
    )
    engine = FakeEngine({"a": measured, "b": lambda _: described(newer)})
    result = measure(tmp_path, engine)
    name, version = RUN.machine.versions[0]
    assert result.announced[0].startswith(f"b takes no part: {name} {version} is now {version}.1")


def test_a_run_that_every_host_of_a_complete_cluster_refuses_stops(tmp_path: Path) -> None:
    engine = FakeEngine({"a": lambda _: encode_refusal("its uvloop is older")})
    with pytest.raises(NoHosts, match="no host can go on with this run: its uvloop is older"):
        measure(tmp_path, engine)
    assert NoHosts.exit_code == 3


def test_a_run_without_hosts_stops_after_ten_minutes(tmp_path: Path) -> None:
    engine = FakeEngine({}, is_complete=False)
    with pytest.raises(NoHosts, match="no host for 10 minutes"):
        measure(tmp_path, engine)
    assert engine.seconds == pytest.approx(WITHOUT_HOSTS)


def test_a_job_that_the_engine_forgets_is_submitted_again(tmp_path: Path) -> None:
    calls = count()

    def forgetful(job: Job) -> object:
        if job.benchmarks == SECOND.benchmarks and next(calls) < 40:
            return None
        return measured(job)

    engine = FakeEngine({"a": forgetful}, forgets=True)
    result = measure(tmp_path, engine)
    assert_whole(result)
    assert engine.submitted(SECOND) == 2
    assert result.announced == ["other begins again: the engine had forgotten it"]


def test_an_engine_that_cannot_be_reached_for_a_while_costs_the_units_that_were_on_their_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes: Iterator[object] = chain([True, True, False, False], repeat(object()))

    class Reachable(FakeEngine):
        def hosts(self) -> frozenset[str]:
            if not next(outcomes):
                raise OSError("connection refused")
            return super().hosts()

    engine = Reachable({"a": measured})
    monkeypatch.setattr(queue, "rest", engine.wait)
    result = measure(tmp_path, engine)
    assert_whole(result)
    assert result.announced.count("the cluster cannot be reached: connection refused") == 2


def test_every_unit_is_repeated_on_as_many_hosts_as_were_asked_for(tmp_path: Path) -> None:
    engine = FakeEngine({"a": measured, "b": measured, "c": measured})
    result = measure(tmp_path, engine, repeat_on=2)
    record = RunState(RUN, result.entries).record()
    hosts = {each.benchmark.id: [of.measured_on for of in each.on_hosts] for each in record.results}
    assert {len(set(numbers)) for numbers in hosts.values()} == {2}
    assert {len(numbers) for numbers in hosts.values()} == {2}


def test_a_unit_cannot_be_repeated_on_more_hosts_than_a_complete_cluster_has(tmp_path: Path) -> None:
    engine = FakeEngine({"a": measured, "b": measured})
    with pytest.raises(NoHosts, match="--repeat-on 3 needs so many hosts, and 2 are there; loopcmp resume"):
        measure(tmp_path, engine, repeat_on=3)


def test_two_workers_of_one_machine_are_one_place_to_repeat_a_unit_on(tmp_path: Path) -> None:
    addresses = ("tls://10.0.0.1:5000", "tls://10.0.0.1:5001", "tls://10.0.0.2:5000")
    engine = FakeEngine(dict.fromkeys(addresses, measured), is_complete=False)
    result = measure(tmp_path, engine, repeat_on=2)
    for unit in (FIRST, SECOND, UNTIMED):
        places = [flight.place for flight in engine.flights if flight.job.benchmarks == unit.benchmarks]
        assert sorted(places) == ["10.0.0.1", "10.0.0.2"]
    assert sum(isinstance(entry, UnitFinished) for entry in result.entries) == 6


def test_a_run_that_a_cluster_began_goes_on_without_one_as_a_host_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_unit(job: Job) -> object:
        return Lost("gone") if job.benchmarks not in {(), UNTIMED.benchmarks} else measured(job)

    def stop(engine: FakeEngine) -> None:
        if engine.submitted(FIRST):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure(tmp_path, FakeEngine({"a": one_unit}, at_turn=stop))
    monkeypatch.setattr(session, "describe_machine", lambda _: RUN.machine)
    monkeypatch.setattr(session, "company_factor", lambda: None)
    monkeypatch.setattr(
        session,
        "measure_unit",
        lambda _, unit, host: (
            replace(entry, host=host) if isinstance(entry, UnitBegun) else entry
            for entry in entries_of(unit, 2.0)
        ),
    )
    session.measure(session.resume(tmp_path), lambda _: None)
    result = Measured([*store.read_journal(tmp_path)[1]], [])
    assert_whole(result)
    assert hosts_of(result.entries) == {"shown": 1, "host": 2, "other": 2}
