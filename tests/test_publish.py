"""`loopcmp publish` as it is typed: what it says where it cannot write, and that no end is a dead end."""

import errno
import os
import signal
from pathlib import Path
from typing import NoReturn

import pytest

from harness.errors import CannotWrite
from harness.report.site import build
from harness.report.site.tree import LockedFolder
from tests.command_line import here
from tests.compared import record
from tests.stored import no_file_larger_than, put


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "results", "1-first", record(60.0), "2026-01-01T00:00:00+00:00")
    put(tmp_path / "results", "2-second", record(63.0), "2026-02-01T00:00:00+00:00")
    return tmp_path / "results"


def files(site: Path) -> dict[str, bytes]:
    return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def stop(*_: object, **__: object) -> NoReturn:
    """Ctrl-C, as the system tells of it."""
    signal.raise_signal(signal.SIGINT)
    raise AssertionError("the signal was ignored")


@pytest.mark.usefixtures("results")
@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("taken", "is no folder:"),
        ("taken/site", "is no folder:"),
        ("dangling", "cannot be made: File exists;"),
    ],
)
def test_a_place_that_can_be_no_folder_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str, why: str
) -> None:
    Path("taken").write_text("all of it")
    Path("dangling").symlink_to("nowhere")
    assert here(monkeypatch, "publish", "-o", place) == 2
    assert capsys.readouterr().err == f"loopcmp: {place} {why} -o FOLDER chooses another\n"
    assert Path("taken").read_text() == "all of it"


@pytest.mark.usefixtures("results")
def test_a_disk_that_fills_is_said_in_a_line_and_the_next_build_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with no_file_larger_than(10_000):
        assert here(monkeypatch, "publish") == 3
    said = capsys.readouterr().err
    assert "cannot be written: File too large; make room, or -o FOLDER chooses another" in said
    assert said.count("\n") == 1
    assert not list(Path("site").glob(".*"))
    assert here(monkeypatch, "publish") == 0


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EIO])
def test_a_folder_that_takes_nothing_is_said_in_a_line(
    results: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The disk is a fake here: it takes no byte."""

    def closed(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(LockedFolder, "create", closed)
    with pytest.raises(CannotWrite, match=f"{os.strerror(number)}; make it writable, or -o FOLDER"):
        build.publish(results, results.parent / "site")


def test_what_is_left_over_and_cannot_be_removed_is_said_in_a_line(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = results.parent / "site"
    build.publish(results, site)
    (results / "2-second" / "record.json").unlink()

    def kept(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "unlink", kept)
    with pytest.raises(CannotWrite, match=r"2-second.* cannot be removed: Permission denied"):
        build.publish(results, site)


@pytest.mark.usefixtures("results")
@pytest.mark.parametrize("where", ["render_record", "derived_files", "runtime"])
def test_a_first_build_that_is_interrupted_is_finished_by_the_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    with monkeypatch.context() as first:
        first.setattr(build, where, stop)
        assert here(first, "publish", "-o", "a site") == 130
    said = capsys.readouterr().err
    assert "interrupted; loopcmp publish -o 'a site' --results results finishes it" in said
    assert here(monkeypatch, "publish", "-o", "a site") == 0
    assert here(monkeypatch, "publish", "-o", "whole") == 0
    assert files(Path("a site")) == files(Path("whole"))


def test_a_build_that_is_interrupted_before_its_first_file_leaves_no_dead_end(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = results.parent / "site"
    with monkeypatch.context() as first:
        first.setattr(os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            build.publish(results, site)
    assert build.publish(results, site).rendered == 2


def test_a_file_that_does_not_fit_leaves_the_old_site_as_it_was(results: Path) -> None:
    site = results.parent / "site"
    build.publish(results, site)
    before = files(site)["api/v2/index.json"]
    put(results, "3-third", record(66.0), "2026-03-01T00:00:00+00:00")
    with no_file_larger_than(10), pytest.raises(CannotWrite):
        build.publish(results, site)
    assert files(site)["api/v2/index.json"] == before
    assert build.publish(results, site).records == 3


def test_a_record_that_cannot_be_read_is_left_out_of_a_site(results: Path, tmp_path: Path) -> None:
    torn = results / "2-second" / "record.json"
    whole = torn.read_bytes()
    torn.write_bytes(whole[:100])
    built = build.publish(results, tmp_path / "site")
    assert built.records == 1
    assert "2-second/record.json is no record of loopcmp, or it was cut short" in built.left_out[0]
    torn.write_bytes(whole)
    assert build.publish(results, tmp_path / "site").records == 2


def test_nothing_is_made_where_there_is_no_record_to_publish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert here(monkeypatch, "publish") == 2
    assert list(tmp_path.iterdir()) == []


def test_every_file_of_a_first_build_is_counted_once(results: Path) -> None:
    site = results.parent / "site"
    assert build.publish(results, site).written == len(files(site))
