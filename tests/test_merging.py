"""Shards are one plan divided; merged, in any order, they are the record of the unbroken run."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.cli.display import Display
from harness.cli.execute import execute
from harness.cli.sharding import shard_of
from harness.errors import BadInput
from harness.records import store
from harness.records.cost import BenchmarkCost
from harness.records.entries import (
    BenchmarkCalibrated,
    BenchmarkFinished,
    Entry,
    RoundMeasured,
    RunFinished,
    RunStarted,
    Shard,
    UnitBegun,
    UnitFinished,
)
from harness.records.pace import SELF_TEST_ARM
from harness.records.plan import FAST
from harness.records.record import Record
from harness.records.stop_reason import StopKind, StopReason
from harness.runner import session
from harness.runner.merge_checks import check_shards
from harness.runner.merging import merged_run, read_shards, write_merged
from harness.runner.shards import divide
from harness.runner.state import RunState
from harness.runner.units import Unit, units_of
from tests.command_line import here
from tests.documents import ROOT
from tests.records import (
    ASYNCIO,
    PACE,
    UVLOOP,
    begun,
    fake_benchmark,
    observation,
    plan,
    returned,
    rounds,
    seen_alike,
    twice,
)

ON = (ASYNCIO, UVLOOP)
HOST = fake_benchmark("host", returned(1), uses_gather=False)
TWIN = replace(fake_benchmark("twin", returned(1), uses_gather=False), native="host", only="asyncio")
PLAN = plan(
    TWIN,
    *(fake_benchmark(f"of{number}", returned(1)) for number in range(4)),
    HOST,
    fake_benchmark("shown", returned(1), timed=False),
    on=ON,
    effort=FAST,
)
WHOLE = begun(PLAN)
UNITS = units_of(PLAN)
END = RunFinished("2026-05-04T03:07:08+00:00", 0.5)


def entries_of(unit: Unit) -> list[Entry]:
    entries: list[Entry] = [UnitBegun(unit.benchmarks)]
    for name in unit.benchmarks:
        [benchmark] = (benchmark for benchmark in PLAN.benchmarks if benchmark.id == name)
        entries += seen_alike(benchmark, twice(observation(returned(1))), ON)
    if unit.name != "shown":
        entries += [
            BenchmarkCalibrated(unit.name, PACE),
            *rounds(unit.name, {ASYNCIO: 100.0, UVLOOP: 63.0, SELF_TEST_ARM: 100.0}, 6),
            BenchmarkFinished(unit.name, StopReason(StopKind.ROUNDS, 6, "fast")),
        ]
    costs = tuple(BenchmarkCost(1.0, 2.0, 3.0, 0.0) for _ in unit.benchmarks)
    return [*entries, UnitFinished(unit.benchmarks, costs)]


def put(folder: Path, run: RunStarted, units: Iterable[Unit], *, ends: bool = True) -> Path:
    folder.mkdir(parents=True)
    with store.Journal(folder) as journal:
        journal.append(run)
        for unit in units:
            journal.append_unit(entries_of(unit))
        if ends:
            journal.append(END)
    return folder


def shard_run(number: int, of: int, units: Sequence[Unit]) -> RunStarted:
    benchmarks = tuple(chain.from_iterable(unit.benchmarks for unit in units))
    return replace(WHOLE, shard=Shard(number, of), benchmarks=benchmarks)


def merged(folder: Path, folders: Iterable[Path]) -> Record:
    shards = read_shards(folders)
    assert check_shards(shards, mixed=False, partial=False) == ()
    folder.mkdir()
    write_merged(folder, merged_run(shards, None, publish=False), shards)
    run, entries = store.open_journal(folder)
    return RunState(run, entries).record()


def unhosted(record: Record) -> Record:
    """A record without what tells a merged one from an unbroken one: the numbers and checks of hosts."""
    run = replace(record.run, hosts=(), published=None)
    return replace(
        record, run=run, hosts=(), results=tuple(replace(each, measured_on=None) for each in record.results)
    )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), count=st.integers(1, 5))
def test_any_partition_merged_in_any_order_is_the_unbroken_record(data: st.DataObject, count: int) -> None:
    homes = data.draw(st.lists(st.integers(1, count), min_size=len(UNITS), max_size=len(UNITS)))
    order = data.draw(st.permutations(range(1, count + 1)))
    unbroken = RunState(WHOLE, [*chain.from_iterable(map(entries_of, UNITS)), END]).record()
    with TemporaryDirectory() as home:
        folders = {}
        for number in range(1, count + 1):
            units = [unit for unit, where in zip(UNITS, homes, strict=True) if where == number]
            folders[number] = put(Path(home, f"s{number}"), shard_run(number, count, units), units)
        first = merged(Path(home, "a"), [folders[number] for number in order])
        second = merged(Path(home, "b"), folders.values())
        journals = [Path(home, name, store.JOURNAL).read_bytes() for name in "ab"]
    assert unhosted(first) == unbroken
    assert first == second
    assert journals[0] == journals[1]
    hosts = {each.benchmark.id: each.measured_on for each in first.results}
    assert [hosts[unit.name] for unit in UNITS] == [str(home) for home in homes]


@given(
    seconds=st.lists(st.floats(0.1, 1000), min_size=len(PLAN.benchmarks), max_size=len(PLAN.benchmarks)),
    count=st.integers(1, 9),
)
def test_every_unit_is_in_one_shard_and_the_longest_takes_the_mean_and_one_unit_more(
    seconds: list[float], count: int
) -> None:
    costs = {benchmark.id: each for benchmark, each in zip(PLAN.benchmarks, seconds, strict=True)}
    shards = divide(PLAN, count, costs)
    assert sorted(unit.name for shard in shards for unit in shard) == sorted(unit.name for unit in UNITS)
    of = {unit: sum(costs[name] for name in unit.benchmarks) for unit in UNITS}
    longest = max(sum(of[unit] for unit in shard) for shard in shards)
    assert longest <= sum(of.values()) / count + max(of.values()) + 1e-6
    assert divide(PLAN, count, costs) == shards


def spoil(folder: Path, change: Callable[[RunStarted], RunStarted]) -> None:
    """Write a shard's journal again, as if it had begun otherwise."""
    run, entries = store.read_journal(folder)
    shutil.rmtree(folder)
    folder.mkdir()
    with store.Journal(folder) as journal:
        for entry in (change(run), *entries):
            journal.append(entry)


def on_machine(**fields: object) -> Callable[[RunStarted], RunStarted]:
    return lambda run: replace(run, machine=replace(run.machine, **fields))  # type: ignore[arg-type]


def with_plan(**fields: object) -> Callable[[RunStarted], RunStarted]:
    return lambda run: replace(run, plan=replace(run.plan, **fields))  # type: ignore[arg-type]


def with_benchmark(run: RunStarted) -> RunStarted:
    first, *others = run.plan.benchmarks
    return replace(run, plan=replace(run.plan, benchmarks=(replace(first, text="other"), *others)))


def version_of(name: str, version: str) -> tuple[tuple[str, str], ...]:
    return tuple((each, version if each == name else old) for each, old in WHOLE.machine.versions)


SPOILED: dict[str, tuple[Callable[[RunStarted], RunStarted], str]] = {
    "method": (lambda run: replace(run, method="1"), "method"),
    "loopcmp": (on_machine(versions=version_of("loopcmp", "9")), "machine.versions, loopcmp"),
    "uvloop": (on_machine(versions=version_of("uvloop", "9")), "machine.versions, uvloop"),
    "python": (on_machine(python="3.13.1"), "machine.python"),
    "kind": (on_machine(cpu="Imaginary 9001"), "machine differs"),
    "system": (on_machine(system="Linux 7"), "machine differs"),
    "scenario": (with_benchmark, r"plan.benchmarks \(twin\)"),
    "backends": (with_plan(backends=PLAN.backends[:1]), "plan.backends"),
    "baseline": (with_plan(baseline=UVLOOP), "plan.baseline"),
    "effort": (with_plan(effort=replace(FAST, turns=9)), "plan.effort"),
    "margin": (with_plan(margin=0.5), "plan.margin"),
    "passes": (with_plan(passes=("latency",)), "plan.passes"),
    "seed": (with_plan(seed=8), "plan.seed"),
    "off hosts": (lambda run: replace(run, without_off_hosts=True), "without_off_hosts"),
    "N": (lambda run: replace(run, shard=Shard(2, 4)), "shard differs.*N = 3 and N = 4"),
    "no shard": (lambda run: replace(run, shard=None), "shard: it is no shard"),
    "twice": (lambda run: replace(run, shard=Shard(1, 3)), "shard 1/3 is there twice"),
}


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    parts = divide(PLAN, 3, {})
    return [
        put(tmp_path / f"s{number}", shard_run(number, 3, units), units)
        for number, units in enumerate(parts, start=1)
    ]


def refused(folders: Sequence[Path], words: str, results: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Merge from the command line, which writes nothing, and return the one sentence why."""
    assert here(monkeypatch, "merge", *folders, "--results", results) == 2
    assert not results.exists()
    with pytest.raises(BadInput, match=words) as error:
        check_shards(read_shards(folders), mixed=False, partial=False)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("name", SPOILED)
def test_a_shard_of_another_run_is_refused_and_nothing_is_written(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    change, words = SPOILED[name]
    spoil(folders[1], change)
    why = refused(folders, words, tmp_path / "results", monkeypatch)
    assert str(folders[1]) in why


def test_shards_that_are_missing_unfinished_or_cut_are_refused(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = tmp_path / "results"
    refused(folders[:2], "shard 3/3 is missing; --partial", results, monkeypatch)
    refused([*folders, folders[0]], "there twice", results, monkeypatch)
    (folders[2] / store.JOURNAL).write_bytes(
        (folders[2] / store.JOURNAL).read_bytes().rsplit(b"\n", 2)[0] + b"\n"
    )
    refused(folders, "unfinished; loopcmp resume", results, monkeypatch)


def test_shards_that_were_divided_by_other_costs_are_refused(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = divide(PLAN, 3, {})[0]
    for name, units, words in (("more", UNITS, "there twice"), ("less", first[:-1], "is in no shard")):
        other = put(tmp_path / name, shard_run(1, 3, units), units)
        refused([other, *folders[1:]], words, tmp_path / "results", monkeypatch)


def test_a_shard_that_lacks_one_of_its_units_is_refused(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = divide(PLAN, 3, {})[0]
    lacking = put(tmp_path / "lacking", shard_run(1, 3, units), units[:-1])
    refused([lacking, *folders[1:]], "was never measured", tmp_path / "results", monkeypatch)


def test_merged_folders_are_the_same_byte_for_byte_in_any_order(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    for name, order in (("a", folders), ("b", folders[::-1])):
        assert here(monkeypatch, "merge", *order, "--results", tmp_path / name) == 0
        [run] = (tmp_path / name / "local").iterdir()
        written.append(
            {str(path.relative_to(run)): path.read_bytes() for path in run.rglob("*") if path.is_file()}
        )
    assert written[0] == written[1]
    assert {"record.json", "journal.jsonl.gz", "report.html"} <= written[0].keys()


def test_a_part_is_merged_where_that_is_asked_for_and_ends_with_3(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert here(monkeypatch, "merge", *folders[:2], "--partial", "--results", tmp_path / "results") == 3
    [run] = (tmp_path / "results/local").iterdir()
    record = store.read_record(run)
    measured = {each.benchmark.id for each in record.results}
    assert measured == {
        name for units in divide(PLAN, 3, {})[:2] for unit in units for name in unit.benchmarks
    }
    assert record.run.plan == PLAN


def test_kinds_are_mixed_where_that_is_asked_for_and_both_are_named(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(folders[1], on_machine(cpu="Imaginary 9001"))
    assert here(monkeypatch, "merge", *folders, "--mixed", "--results", tmp_path / "results") == 0
    [run] = (tmp_path / "results/local").iterdir()
    assert store.read_record(run).run.identity.count("Imaginary") == 2


def off(entry: Entry) -> Entry:
    """A round in which the baseline's second arm takes 4% more than its first."""
    if not isinstance(entry, RoundMeasured):
        return entry
    slow = [
        replace(part, values=tuple(replace(each, wall=round(each.wall * 1.04)) for each in part.values))
        if part.arm == SELF_TEST_ARM
        else part
        for part in entry.arms
    ]
    return replace(entry, arms=tuple(slow))


def spoil_host(folder: Path) -> None:
    """Write a shard's journal again as a host that is off writes it, of a run that leaves such hosts out."""
    run, entries = store.read_journal(folder)
    shutil.rmtree(folder)
    folder.mkdir()
    with store.Journal(folder) as journal:
        for entry in (replace(run, without_off_hosts=True), *map(off, entries)):
            journal.append(entry)


def test_what_a_host_that_is_off_measured_is_missing_from_the_merge_and_it_ends_with_3(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in folders[:2]:
        spoil(folder, lambda run: replace(run, without_off_hosts=True))
    spoil_host(folders[2])
    results = tmp_path / "results"
    assert here(monkeypatch, "merge", *folders, "--results", results) == 3
    shown = capsys.readouterr()
    assert "could not measure what host 3 measured: it is off" in shown.err
    assert shown.out.index("host 3 is off") < shown.out.index("% less")
    [run] = (results / "local").iterdir()
    record = store.read_record(run)
    assert [host.left_out for host in record.hosts] == [False, False, True]
    assert {each.measured_on for each in record.results} == {"1", "2"}


def test_a_merge_of_which_nothing_is_left_is_refused(
    folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in folders[1:]:
        spoil_host(folder)
    assert here(monkeypatch, "merge", *folders[1:], "--partial", "--results", tmp_path / "results") == 2
    assert "every host is off" in capsys.readouterr().err
    assert not list((tmp_path / "results/local").glob("*"))


def test_a_shard_without_units_ends_well(tmp_path: Path) -> None:
    folder = put(
        tmp_path / "results/local/empty", replace(WHOLE, shard=Shard(9, 9), benchmarks=()), [], ends=False
    )
    assert execute(session.resume(folder), Display(progress=False)) == 0
    assert isinstance(store.read_journal(folder)[1][-1], RunFinished)


@pytest.mark.parametrize("typed", ["0/4", "5/4", "1", "a/b", "1/0", "-1/4", "1/4/2", "1/99999"])
def test_what_is_no_shard_is_refused_with_what_to_type(typed: str) -> None:
    with pytest.raises(BadInput, match="write I/N, such as 1/4"):
        shard_of(typed, None, 7)


def test_a_shard_needs_a_seed_and_costs_need_a_shard() -> None:
    with pytest.raises(BadInput, match="--seed NUMBER"):
        shard_of("1/4", None, None)
    with pytest.raises(BadInput, match="add --shard I/N"):
        shard_of(None, Path("results"), 7)
    assert shard_of(None, None, None) is None


def test_the_jobs_of_the_page_about_several_machines_are_short_and_measure_every_shard() -> None:
    page = (ROOT / "docs/several-machines.md").read_text()
    github, slurm, kubernetes = re.findall(r"^```(?:yaml|bash)\n(.+?)^```", page, re.MULTILINE | re.DOTALL)
    assert max(block.count("\n") for block in (github, slurm, kubernetes)) < 25
    assert "shard: [1, 2, 3, 4]" in github
    assert "--shard ${{ matrix.shard }}/4" in github
    assert "--array=1-4" in slurm
    assert '--shard "$SLURM_ARRAY_TASK_ID/4"' in slurm
    assert "completions: 4" in kubernetes
    assert "--shard $((JOB_COMPLETION_INDEX + 1))/4" in kubernetes
    subprocess.run(["/bin/bash", "-n", "-c", slurm], check=True)
