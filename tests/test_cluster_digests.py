"""A unit is begun only where the files of its scenarios are those that the run was begun with."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from harness.cluster import unit
from harness.cluster.digests import FilesChanged, check_files
from harness.cluster.jobs import Job, JobWriter
from harness.cluster.replies import Refused, encode_refusal, entries_of
from harness.execution.listing import list_benchmarks
from harness.protocol.benchmarks import Benchmark
from harness.records.entries import CaseObserved, UnitBegun
from harness.runner.units import Unit
from tests.clustered import Answer, FakeEngine, described, measure, measured
from tests.records import ASYNCIO, begun, fake_benchmark, plan, returned
from tests.unit_entries import UNTIMED


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a scenario that must not be imported to find out where it is."""
    folder = tmp_path / "installed" / "measured_here"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise SystemExit('imported')")
    (folder / "waits.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(str(folder.parent))
    monkeypatch.chdir(tmp_path)
    return folder


def benchmark_of(module: str, *files: Path, root: Path) -> Benchmark:
    """A benchmark that no backend runs, of a module that consists of these files."""
    digests = tuple(
        (file.relative_to(root).as_posix(), hashlib.sha256(file.read_bytes()).hexdigest()) for file in files
    )
    benchmark = fake_benchmark("waits", returned(1), timed=False)
    return replace(benchmark, module=module, digests=digests, only="trio")


@pytest.fixture
def installed(package: Path) -> Benchmark:
    files = (package / "__init__.py", package / "waits.py")
    return benchmark_of("measured_here.waits", *files, root=package.parent)


def answer_to(benchmark: Benchmark, files: tuple[tuple[str, bytes], ...] = ()) -> object:
    """What a unit of this benchmark is answered with."""
    writer = JobWriter(begun(plan(benchmark, on=[ASYNCIO])), files)
    return entries_of(unit.reply_to(writer.measuring(Unit((benchmark.id,))), []), "a")


@pytest.mark.workers
def test_the_digests_that_a_worker_lists_are_those_of_the_files_that_are_found() -> None:
    listed = list_benchmarks([("scenarios.tutorial.order", "tutorial")])
    assert all(len(benchmark.digests or ()) > 1 for benchmark in listed)
    for benchmark in listed:
        check_files(benchmark)
    name, digest = (listed[0].digests or ())[-1]
    with pytest.raises(FilesChanged, match=name):
        check_files(replace(listed[0], digests=((name, digest[::-1]),)))


def test_a_unit_whose_files_are_unchanged_is_begun(installed: Benchmark) -> None:
    entries = answer_to(installed)
    assert isinstance(entries, tuple)
    assert isinstance(entries[0], UnitBegun)


@pytest.mark.parametrize("name", ["__init__.py", "waits.py"])
def test_a_unit_with_a_file_that_was_changed_since_its_host_joined_is_refused_in_words(
    installed: Benchmark, package: Path, name: str
) -> None:
    (package / name).write_text("changed = True")
    assert answer_to(installed) == Refused(
        "waits is no longer the scenario that the run was begun with: undo what was changed in "
        f"measured_here/{name} there, and have the host join again",
        of_run=True,
    )


def test_a_unit_whose_file_or_package_is_gone_is_refused(installed: Benchmark, package: Path) -> None:
    (package / "waits.py").unlink()
    with pytest.raises(FilesChanged, match=r"changed in measured_here/waits\.py there"):
        check_files(installed)
    with pytest.raises(FilesChanged, match=r"measured_here/__init__\.py and measured_here/waits\.py"):
        check_files(replace(installed, module="measured_nowhere.waits"))


def test_a_scenario_file_that_travelled_is_compared_with_its_digest_too(package: Path) -> None:
    file = package.parent / "mine.py"
    file.write_text("raise SystemExit('imported')")
    benchmark = benchmark_of("own/mine.py", file, root=package.parent)
    unchanged = answer_to(benchmark, (("own/mine.py", file.read_bytes()),))
    assert isinstance(unchanged, tuple)
    refused = answer_to(benchmark, (("own/mine.py", b"changed"),))
    assert isinstance(refused, Refused)
    assert refused.of_run
    assert "undo what was changed in mine.py there" in refused.reason


def test_a_benchmark_without_digests_is_not_compared(installed: Benchmark) -> None:
    check_files(replace(installed, module="measured_nowhere.waits", digests=None))


def test_hosts_whose_files_have_changed_are_sent_nothing_more_and_no_unit_is_given_up_for_them(
    tmp_path: Path,
) -> None:
    def refuse(job: Job) -> object:
        return encode_refusal("shown was changed", of_run=True) if job.benchmarks else described()

    answers: dict[str, Answer] = {**dict.fromkeys("abcd", refuse), "e": measured}

    def join(engine: FakeEngine) -> None:
        """Have one host more every three turns: all of them are sent the same unit first."""
        engine.answers = {name: answers[name] for name in "abcde"[: engine.turns // 3]}

    engine = FakeEngine({}, is_complete=False, at_turn=join)
    result = measure(tmp_path, engine)
    assert engine.submitted(UNTIMED) == 5
    assert [words for words in result.announced if "takes no part" in words] == [
        f"{host} takes no part: shown was changed" for host in "abcd"
    ]
    cases = [entry for entry in result.entries if isinstance(entry, CaseObserved)]
    assert len(cases) == 8
    assert not [process for case in cases for process in case.processes if process.unmeasured]
