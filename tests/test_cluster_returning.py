"""A host that comes back to a run keeps its number, and is not given again what it has measured."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.execution.affinity import allowed_cpus
from harness.records import store
from harness.records.entries import HostJoined, UnitBegun
from harness.runner import joining, session
from harness.runner.state import RunState
from tests.clustered import RUN, Answer, FakeEngine, Measured, described, go_on, measure, measured_by
from tests.unit_entries import FIRST, SECOND, UNTIMED

PLACES = ("0123456789abcdef", "fedcba9876543210", "00112233aabbccdd")
"""The places of three machines, as they say themselves."""


def all_of(*places: str) -> dict[str, Answer]:
    """Honest hosts with one set of CPUs each, at addresses of which none is used again."""
    numbers = (next(ADDRESSES) for _ in places)
    return {
        f"tls://10.0.0.{number}:5000": measured_by(described(place=place))
        for number, place in zip(numbers, places, strict=True)
    }


ADDRESSES = count(1)


def ended_after(units: int) -> Callable[[FakeEngine], None]:
    """End a run once so many units have been sent, or all of them wait for a host."""

    def end(engine: FakeEngine) -> None:
        if sum(bool(flight.job.benchmarks) for flight in engine.flights) >= units:
            raise KeyboardInterrupt

    return end


def measure_part(folder: Path, answers: dict[str, Answer], repeat_on: int = 1, units: int = 3) -> None:
    """Begin a run on these hosts, and end it after so many units."""
    engine = FakeEngine(answers, is_complete=False, at_turn=ended_after(units))
    with pytest.raises(KeyboardInterrupt):
        measure(folder, engine, repeat_on)


def units_of_hosts(result: Measured) -> dict[int, list[str]]:
    """The units that each host has measured, by its number."""
    units: dict[int, list[str]] = {
        entry.number: [] for entry in result.entries if isinstance(entry, HostJoined)
    }
    for entry in result.entries:
        if isinstance(entry, UnitBegun):
            units[entry.host].append(entry.benchmarks[0])
    return {number: sorted(names) for number, names in units.items()}


EACH = sorted(unit.name for unit in (FIRST, SECOND, UNTIMED))


def test_hosts_that_come_back_to_a_run_keep_their_numbers_and_measure_each_unit_once(tmp_path: Path) -> None:
    measure_part(tmp_path, all_of(*PLACES[:2]), repeat_on=3, units=6)
    before = units_of_hosts(Measured([*store.read_journal(tmp_path)[1]], []))
    assert set(before) == {1, 2}
    assert any(before.values())
    result = go_on(tmp_path, FakeEngine(all_of(*PLACES), is_complete=False), repeat_on=3)
    assert units_of_hosts(result) == {1: EACH, 2: EACH, 3: EACH}
    record = RunState(RUN, result.entries).record()
    assert {len(each.on_hosts) for each in record.results} == {3}


def test_a_host_whose_worker_was_lost_keeps_its_number_under_another_address(tmp_path: Path) -> None:
    def move(engine: FakeEngine) -> None:
        if engine.turns == 2:
            engine.answers = all_of(PLACES[0])

    engine = FakeEngine(all_of(PLACES[0]), is_complete=False, at_turn=move)
    result = measure(tmp_path, engine)
    assert len({flight.place for flight in engine.flights if flight.job.benchmarks}) == 2
    assert units_of_hosts(result) == {1: EACH}


@pytest.mark.parametrize(
    "description",
    [
        described(place=PLACES[1]),
        described(place=PLACES[0], cpus=(4, 5)),
        described(replace(RUN.machine, system="Linux 6.2.0 x86_64"), PLACES[0]),
        described(),
    ],
    ids=["another machine", "other CPUs", "another kernel", "not known"],
)
def test_a_host_that_is_another_or_not_known_again_has_a_new_number(
    tmp_path: Path, description: bytes
) -> None:
    measure_part(tmp_path, all_of(PLACES[0]), units=2)
    before = units_of_hosts(Measured([*store.read_journal(tmp_path)[1]], []))
    assert before[1]
    result = go_on(tmp_path, FakeEngine({"tls://10.1.0.1:1": measured_by(description)}, is_complete=False))
    after = units_of_hosts(result)
    assert after[1] == before[1]
    assert sorted(after[1] + after[2]) == EACH


def test_load_is_no_reason_for_a_new_number(tmp_path: Path) -> None:
    measure_part(tmp_path, all_of(PLACES[0]), units=2)
    busy = replace(RUN.machine, load=7.5, cpu_stops=3, company_factor=1.25)
    busier = {"tls://10.1.0.1:1": measured_by(described(busy, PLACES[0]))}
    assert units_of_hosts(go_on(tmp_path, FakeEngine(busier, is_complete=False))) == {1: EACH}


def test_two_hosts_that_say_the_same_of_themselves_have_two_numbers_whenever_they_are_there(
    tmp_path: Path,
) -> None:
    clones = all_of(PLACES[0], PLACES[0])
    measure_part(tmp_path, clones, repeat_on=1, units=2)
    engine = FakeEngine(all_of(PLACES[0], PLACES[0]), is_complete=True)
    result = go_on(tmp_path, engine, repeat_on=2)
    assert units_of_hosts(result) == {1: EACH, 2: EACH}


def test_a_machine_that_has_measured_a_unit_does_not_repeat_it_on_other_cpus(tmp_path: Path) -> None:
    measure_part(tmp_path, all_of(PLACES[0]), units=3)
    answers = {
        "tls://10.1.0.1:1": measured_by(described(place=PLACES[0], cpus=(4, 5))),
        "tls://10.1.0.2:1": measured_by(described(place=PLACES[1])),
    }
    result = go_on(tmp_path, FakeEngine(answers, is_complete=False), repeat_on=2)
    places = {entry.number: entry.place for entry in result.entries if isinstance(entry, HostJoined)}
    for name in EACH:
        numbers = [number for number, names in units_of_hosts(result).items() if name in names]
        assert {places[number] for number in numbers} == set(PLACES[:2])
        assert len(numbers) == 2


def test_a_computer_is_known_in_one_run_alone_and_by_no_name_or_identifier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = tmp_path / "machine-id"
    monkeypatch.setattr(joining, "MACHINE_IDS", (tmp_path / "missing", identifier))
    assert joining.place_of_this(RUN) == ""
    identifier.write_text("\n")
    assert joining.place_of_this(RUN) == ""
    places = set()
    for text, name, started in (
        ("a1", "one", "1"),
        ("b2", "one", "1"),
        ("a1", "two", "1"),
        ("a1", "one", "2"),
    ):
        identifier.write_text(f"{text}\n")
        monkeypatch.setattr("platform.node", lambda name=name: name)
        run = replace(RUN, started=started)
        assert joining.place_of_this(run) == joining.place_of_this(run)
        places.add(joining.place_of_this(run))
    assert len(places) == 4
    for place in places:
        assert store.decode_entry(store.encode_entry(HostJoined(1, RUN.machine, place, (0,))), "line 1")


@pytest.mark.parametrize(
    "host",
    [HostJoined(1, RUN.machine, "my-computer"), HostJoined(1, RUN.machine, "", (-1,))],
    ids=["a name", "no CPU"],
)
def test_a_host_with_a_place_that_is_no_digest_or_cpus_that_are_none_is_refused(host: HostJoined) -> None:
    with pytest.raises(BadInput, match=r"its place is no digest|its CPUs are -1"):
        store.decode_entry(store.encode_entry(host), "line 1")


def test_a_run_that_goes_on_here_twice_has_this_machine_as_one_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure_part(tmp_path, all_of(PLACES[0]), units=2)
    monkeypatch.setattr(joining, "place_of_this", lambda _: PLACES[1])
    monkeypatch.setattr(session, "describe_machine", lambda _: RUN.machine)
    monkeypatch.setattr(session, "company_factor", lambda: None)
    going_on = session.resume(tmp_path)
    with going_on.journal:
        numbers = [session.number_here(going_on) for _ in range(2)]
    assert numbers == [2, 2]
    assert [host.number for host in going_on.state.joined] == [1, 2]
    assert going_on.state.joined[1].cpus == allowed_cpus()
