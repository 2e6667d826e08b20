"""Journals and records on disk: nothing that was measured is lost, and nothing torn is taken for whole."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pyperf
import pytest

from harness.errors import BadInput, CannotWrite
from harness.records import store
from harness.report.writing import write_report
from harness.runner import session
from harness.runner.state import RunState
from tests.kinds import CLOSED
from tests.records import (
    ASYNCIO,
    ENVIRONMENT,
    UVLOOP,
    begun,
    everything,
    fake_benchmark,
    plan,
)
from tests.stored import BEGUN, ENTRIES, no_file_larger_than, timed_round, write_journal


def test_a_journal_gives_back_what_was_appended(tmp_path: Path) -> None:
    write_journal(tmp_path)
    assert store.read_journal(tmp_path) == (BEGUN, ENTRIES)


def test_a_journal_is_read_entry_by_entry(tmp_path: Path) -> None:
    path = write_journal(tmp_path)
    begun, entries = store.open_journal(tmp_path)
    assert (begun, next(entries)) == (BEGUN, ENTRIES[0])
    with path.open("ab") as file:
        file.write(b"rubbish\n")
    with pytest.raises(BadInput, match=f"line {len(ENTRIES) + 2}"):
        list(entries)


def test_a_journal_cut_at_any_byte_keeps_every_entry_before_the_cut(tmp_path: Path) -> None:
    """Short entries do, and one with letters of several bytes: all that counts is where a cut falls."""
    kept = (ENTRIES[1], ENTRIES[0], ENTRIES[-1])
    path = write_journal(tmp_path, kept)
    data = path.read_bytes()
    for cut in reversed(range(len(data))):
        os.truncate(path, cut)
        whole = data[:cut].count(b"\n")
        if whole:
            assert store.read_journal(tmp_path) == (BEGUN, kept[: whole - 1])
        else:
            with pytest.raises(BadInput, match="does not begin as a journal"):
                store.read_journal(tmp_path)


def line_ends(data: bytes) -> Iterator[int]:
    """The cuts around the end of every line but the first, and one in the middle of the line after it."""
    at = data.find(b"\n")
    while at >= 0:
        yield from (at, at + 1, at + 9)
        at = data.find(b"\n", at + 1)


def test_a_journal_that_was_torn_and_mended_goes_on_where_it_was_whole(tmp_path: Path) -> None:
    path = write_journal(tmp_path)
    data = path.read_bytes()
    for cut in [*line_ends(data)][1:]:
        path.write_bytes(data[:cut])
        _, before = store.read_journal(tmp_path)
        store.mend_journal(tmp_path)
        with store.Journal(tmp_path) as journal:
            journal.append(ENTRIES[-1])
        assert store.read_journal(tmp_path) == (BEGUN, (*before, ENTRIES[-1]))


def test_mending_leaves_a_whole_journal_as_it_is(tmp_path: Path) -> None:
    path = write_journal(tmp_path)
    data = path.read_bytes()
    store.mend_journal(tmp_path)
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: [lines[0], lines[1][:-20], *lines[2:]],
        lambda lines: [lines[0], b"\xff\xfe rubbish", *lines[2:]],
        lambda lines: [lines[0], b'{"kind":"Guessed","entry":{}}', *lines[2:]],
        lambda lines: [lines[0], b'{"kind":"benchmark-calibrated","entry":{"benchmark":7}}', *lines[2:]],
        lambda lines: lines[1:],
        lambda lines: [b"{}", *lines[1:]],
    ],
    ids=["torn", "rubbish", "unknown", "misshapen", "headless", "foreign"],
)
def test_a_journal_damaged_before_its_end_is_refused_in_one_line_that_says_where(
    tmp_path: Path, damage: Callable[[list[bytes]], list[bytes]]
) -> None:
    path = write_journal(tmp_path)
    path.write_bytes(b"\n".join(damage(path.read_bytes().split(b"\n"))))
    with pytest.raises(BadInput) as refused:
        store.read_journal(tmp_path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_record_gives_back_what_was_written(tmp_path: Path) -> None:
    path = store.write_record(tmp_path, everything())
    assert path == tmp_path / "record.json"
    assert store.read_record(path) == store.read_record(tmp_path) == everything()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"hello",
        b"\x89PNG\r\n",
        b'{"begun": 3}',
        b'{"version": 1}',
        b"[" * 100_000,
    ],
    ids=["empty", "object", "array", "null", "text", "image", "number", "other", "deep"],
)
def test_a_foreign_file_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        store.read_record(path)
    assert str(refused.value).startswith(f"{path} is no record of loopcmp")
    assert "\n" not in str(refused.value)


def test_a_benchmark_stands_once_in_a_record_and_its_result_names_it(tmp_path: Path) -> None:
    path = store.write_record(tmp_path, everything())
    written = json.loads(path.read_bytes())
    ids = [line.benchmark.id for line in everything().results]
    assert [result["benchmark"] for result in written["results"]] == ids
    written["results"][0]["benchmark"] = "nowhere"
    path.write_text(json.dumps(written))
    with pytest.raises(BadInput, match=r"results\[0\]\.benchmark"):
        store.read_record(path)


def test_a_record_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    path = store.write_record(tmp_path, everything())
    data = path.read_bytes().rstrip()
    for cut in range(0, len(data), len(data) // 50):
        path.write_bytes(data[:cut])
        with pytest.raises(BadInput, match="cut short"):
            store.read_record(path)


@pytest.mark.parametrize(("version", "age"), [(0, "older"), (-1, "older"), (3, "newer"), (99, "newer")])
def test_another_versions_record_or_journal_is_refused_with_what_to_do(
    tmp_path: Path, version: int, age: str
) -> None:
    other = replace(everything().run, version=version)
    record = store.write_record(tmp_path, replace(everything(), run=other))
    journal = write_journal(tmp_path)
    journal.write_bytes(journal.read_bytes().replace(b'"version":2', b'"version":%d' % version))
    for read in (lambda: store.read_record(record), lambda: store.read_journal(tmp_path)):
        with pytest.raises(BadInput, match=f"has version {version}, {age} than .* read it with the loopcmp"):
            read()


def test_a_newer_record_is_refused_for_its_version_whatever_its_shape(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_text('{"begun": {"version": 7, "planned": []}, "rows": {}}')
    with pytest.raises(BadInput, match="newer than"):
        store.read_record(path)


@pytest.mark.parametrize("name", ["nowhere", "nowhere/record.json", "."])
def test_a_path_without_a_record_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="is no record of loopcmp"):
        store.read_record(tmp_path / name)


def test_an_unfinished_run_says_how_to_finish_it(tmp_path: Path) -> None:
    write_journal(tmp_path)
    with pytest.raises(BadInput, match=f"loopcmp resume {tmp_path}"):
        store.read_record(tmp_path)


def test_the_run_to_resume_is_the_newest_one_whose_reports_are_not_all_written(tmp_path: Path) -> None:
    runs = [
        tmp_path / "local" / name
        for name in ("20260101-000000-1-a", "20260102-000000-1-a", "20260103-000000-1-a")
    ]
    for folder in runs:
        folder.mkdir(parents=True)
        write_journal(folder)
    for folder in runs[1:]:
        store.write_record(folder, everything())
    store.write_file(runs[2] / store.PAGE, b"")
    assert store.unfinished(tmp_path) == runs[1]
    for folder in runs[:2]:
        store.write_record(folder, everything())
        store.write_file(folder / store.PAGE, b"")
    with pytest.raises(BadInput, match="no unfinished run"):
        store.unfinished(tmp_path)


def test_folders_made_within_one_second_are_distinct(tmp_path: Path) -> None:
    made = [store.new_folder(tmp_path, "probe", publish=False) for _ in range(3)]
    assert len(set(made)) == 3


def test_folders_made_at_once_are_distinct(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two runs that begin in the same moment, each looks before the other has made its folder."""
    monkeypatch.setattr(Path, "exists", lambda _: False)
    made = [store.new_folder(tmp_path, "probe", publish=False) for _ in range(3)]
    assert len(set(made)) == 3


def test_a_local_run_has_a_folder_of_its_own_that_can_be_published_over_by_none(tmp_path: Path) -> None:
    local = store.new_folder(tmp_path, "probe", publish=False)
    published = store.new_folder(tmp_path, "probe", publish=True)
    assert local.parent == tmp_path / "local"
    assert published.parent == tmp_path
    with pytest.raises(BadInput, match="choose another name"):
        store.new_folder(tmp_path, "probe", publish=True)


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    with pytest.raises(BadInput, match="--results DIR chooses"):
        store.new_folder(tmp_path / "results", "probe", publish=False)


@pytest.mark.parametrize("name", ["", ".", "..", "../up", "/etc", "a/b", "-x", "a b", "a\n", "é", "x" * 99])
def test_a_name_that_could_lead_elsewhere_names_no_folder(name: str) -> None:
    with pytest.raises(BadInput, match="cannot name a folder"):
        store.safe_name(name)


@pytest.mark.parametrize("name", ["tutorial", "2026-linux_x86.64"])
def test_a_plain_name_names_a_folder(name: str) -> None:
    assert store.safe_name(name) == name


def test_only_published_records_are_in_the_index_oldest_first(tmp_path: Path) -> None:
    for name in ("2026-02-02-b", "2026-01-01-a", "local", "empty"):
        (tmp_path / name).mkdir()
    for name in ("2026-02-02-b", "2026-01-01-a", "local"):
        store.write_record(tmp_path / name, everything())
    assert [folder.name for folder in store.published(tmp_path)] == ["2026-01-01-a", "2026-02-02-b"]


def test_a_write_that_fails_halfway_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = store.write_file(tmp_path / "record.json", b"old")
    with no_file_larger_than(1000), pytest.raises(CannotWrite, match="too large; make room"):
        store.write_file(path, b"new" * 1000)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["record.json"]  # noqa: PTH208 - hidden files too


def test_a_written_file_replaces_the_old_one_and_can_be_read_by_others(tmp_path: Path) -> None:
    path = store.write_file(tmp_path / "report.md", b"old")
    assert store.write_file(path, b"new").read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.fixture(scope="module")
def timings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    rounds = [measured for number in range(3) for measured in timed_round(number)]
    store.write_timings(folder, BEGUN, rounds)
    return folder / "timings"


def run_pyperf(*words: object) -> str:
    command = [sys.executable, "-m", "pyperf", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


def test_timings_are_one_file_per_arm_with_each_benchmark_and_a_run_per_round(timings: Path) -> None:
    assert sorted(path.name for path in timings.iterdir()) == [
        f"{ASYNCIO}.json.gz",
        "self-test.json.gz",
        f"{UVLOOP}.json.gz",
    ]
    suite = pyperf.BenchmarkSuite.load(str(timings / f"{UVLOOP}.json.gz"))
    assert suite.get_benchmark_names() == ["order:n=10", "order:n=100"]
    assert [one.get_nrun() for one in suite.get_benchmarks()] == [3, 3]
    benchmark = suite.get_benchmark("order:n=10")
    assert benchmark.get_values()[:2] == pytest.approx((6.3e-6, 6.3063e-6))
    assert benchmark.get_runs()[0].warmups == ((100, pytest.approx(30e-6)),)
    metadata = benchmark.get_metadata()
    named = [metadata[name] for name in ("loopcmp_arm", "loops", "cpu_model_name", "python_version")]
    assert named == [UVLOOP, 100_000, ENVIRONMENT.cpu, ENVIRONMENT.python]
    assert "hostname" not in metadata


def test_pyperf_itself_reads_the_timings(timings: Path) -> None:
    assert "Number of benchmarks: 2" in run_pyperf("stats", timings / f"{UVLOOP}.json.gz")


def test_pyperf_itself_compares_the_timings_of_two_arms(timings: Path) -> None:
    shown = run_pyperf("compare_to", timings / f"{ASYNCIO}.json.gz", timings / f"{UVLOOP}.json.gz", "--table")
    assert "1.59x faster" in shown
    assert "order:n=100" in shown


def test_without_rounds_no_timings_are_written(tmp_path: Path) -> None:
    store.write_timings(tmp_path, BEGUN, ENTRIES[:2])
    assert not (tmp_path / "timings").exists()


def test_a_journal_is_json_lines_that_others_can_read(tmp_path: Path) -> None:
    lines = write_journal(tmp_path).read_text().splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    assert kinds == [
        "run-started",
        "case-observed",
        "benchmark-calibrated",
        "round-measured",
        "pass-round-measured",
        "arm-dropped",
        "benchmark-finished",
        "run-finished",
    ]


def test_a_published_run_that_is_resumed_in_its_own_folder_is_in_the_index_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, one = tmp_path / "2026-05-04-run", replace(begun(plan(fake_benchmark())), published=True)
    folder.mkdir()
    monkeypatch.chdir(folder)
    with store.Journal(Path()) as journal:
        journal.append(one)
    write_report(Path(), RunState(one, (CLOSED,)).record())
    assert "[2026-05-04-run](2026-05-04-run/report.md)" in (tmp_path / "README.md").read_text()
    assert not Path("README.md").exists()


def test_a_finished_runs_journal_is_compressed_and_read_as_before(tmp_path: Path) -> None:
    plain = write_journal(tmp_path)
    compressed = store.compress_journal(tmp_path)
    before = compressed.read_bytes()
    assert gzip.decompress(before) == plain.read_bytes()
    assert store.compress_journal(tmp_path).read_bytes() == before
    store.remove_plain_journal(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [store.COMPRESSED_JOURNAL]
    assert store.read_journal(tmp_path) == (BEGUN, ENTRIES)


def test_while_both_journals_are_there_the_plain_one_is_read_and_it_is_removed_after_the_other(
    tmp_path: Path,
) -> None:
    write_journal(tmp_path)
    store.remove_plain_journal(tmp_path)
    assert store.read_journal(tmp_path) == (BEGUN, ENTRIES)
    (tmp_path / store.COMPRESSED_JOURNAL).write_bytes(b"half")
    assert store.read_journal(tmp_path) == (BEGUN, ENTRIES)


def test_a_compressed_journal_that_is_cut_short_or_no_such_thing_is_refused(tmp_path: Path) -> None:
    write_journal(tmp_path)
    compressed = store.compress_journal(tmp_path)
    store.remove_plain_journal(tmp_path)
    data = compressed.read_bytes()
    for damaged in (b"half", data[:-1], data[:-9], data[: len(data) // 2], data[:20] + b"X" + data[21:]):
        compressed.write_bytes(damaged)
        with pytest.raises(BadInput, match="is no record of loopcmp"):
            store.read_journal(tmp_path)


def test_a_published_record_is_compressed_and_read_as_before(tmp_path: Path) -> None:
    run = session.start(begun(plan(fake_benchmark())), tmp_path, publish=True)
    with run.journal:
        record = write_report(run.folder, run.state.record())
    session.put_away(run)
    assert not (run.folder / store.RECORD).exists()
    assert store.read_record(run.folder) == store.read_record(run.folder / store.COMPRESSED_RECORD) == record
    assert list(store.published(tmp_path)) == [run.folder]
    before = (run.folder / store.COMPRESSED_RECORD).read_bytes()
    store.write_record(run.folder, record)
    store.compress_record(run.folder)
    assert (run.folder / store.COMPRESSED_RECORD).read_bytes() == before


def test_the_record_of_a_local_run_stays_plain(tmp_path: Path) -> None:
    run = session.start(begun(plan(fake_benchmark())), tmp_path / store.LOCAL, publish=False)
    with run.journal:
        write_report(run.folder, run.state.record())
    session.put_away(run)
    assert store.record_path(run.folder) == run.folder / store.RECORD
    assert not (run.folder / store.COMPRESSED_RECORD).exists()


def test_a_compressed_record_that_is_cut_short_or_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = store.write_record(tmp_path, everything())
    store.compress_record(tmp_path)
    compressed = tmp_path / store.COMPRESSED_RECORD
    data = compressed.read_bytes()
    monkeypatch.setattr("harness.records.store.decoding.LARGEST_RECORD", len(data) + 1)
    with pytest.raises(BadInput, match=r"record\.json\.gz is no record of loopcmp: It is larger than"):
        store.read_record(tmp_path)
    monkeypatch.undo()
    for damaged in (b"half", data[:-1], data[:-9], data[: len(data) // 2], data[:20] + b"X" + data[21:]):
        compressed.write_bytes(damaged)
        with pytest.raises(BadInput, match="is no record of loopcmp"):
            store.read_record(tmp_path)
    assert not plain.exists()


def test_a_run_whose_journal_is_compressed_is_finished_and_not_resumed(tmp_path: Path) -> None:
    write_journal(tmp_path)
    store.compress_journal(tmp_path)
    store.remove_plain_journal(tmp_path)
    with pytest.raises(BadInput, match="is finished: loopcmp report"):
        session.resume(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [store.COMPRESSED_JOURNAL]


@pytest.mark.parametrize("publish", [True, False])
def test_whether_a_run_is_published_was_asked_for_and_is_not_guessed_from_its_folder(
    tmp_path: Path, publish: bool
) -> None:
    run = session.start(begun(plan(fake_benchmark())), tmp_path / store.LOCAL, publish=publish)
    with run.journal:
        write_report(run.folder, run.state.record())
    assert (tmp_path / store.LOCAL / "README.md").exists() is publish
    assert store.read_record(run.folder).run.published is publish


def test_a_record_that_cannot_be_read_is_named_in_the_index_and_spoils_no_run(tmp_path: Path) -> None:
    for name in ("2026-01-01-torn", "2026-05-04-run"):
        (tmp_path / name).mkdir()
    (tmp_path / "2026-01-01-torn" / store.RECORD).write_text("{")
    folder, one = tmp_path / "2026-05-04-run", replace(begun(plan(fake_benchmark())), published=True)
    with store.Journal(folder) as journal:
        journal.append(one)
    write_report(folder, RunState(one, (CLOSED,)).record())
    newest, torn = (tmp_path / "README.md").read_text().splitlines()[-2:]
    assert newest.startswith("| [2026-05-04-run](2026-05-04-run/report.md) | 2026-05-04 | 1 benchmark on ")
    assert "2026-01-01-torn" in torn
    assert "not read: of another version, or damaged" in torn
    assert store.read_record(folder).run.name == one.name


def test_a_name_whose_run_was_killed_before_its_first_entry_can_be_published_under_again(
    tmp_path: Path,
) -> None:
    folder = store.new_folder(tmp_path, "mine", publish=True)
    (folder / store.JOURNAL).write_bytes(b'{"kind":"run-st')
    assert store.new_folder(tmp_path, "mine", publish=True) == folder
    assert list(folder.iterdir()) == []
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(BadInput, match="is there already: choose another name"):
        store.new_folder(tmp_path, "mine", publish=True)
    assert (folder / "mine.txt").read_text() == "mine"
