"""The folder of a site that others have been at: nothing outside is touched, and nothing that is theirs."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from harness.errors import BadInput, CannotWrite
from harness.records.entries import RunFinished
from harness.report.site import folder as site_folder
from harness.report.site.build import publish
from harness.report.site.folder import MANIFEST, SiteFolder, is_site_file
from harness.report.site.names import slug
from tests.command_line import here
from tests.compared import record
from tests.stored import put

Contents = dict[str, bytes | str]


def contents(place: Path) -> Contents:
    """Every file under a folder with its bytes, every symbolic link with where it leads."""
    found: Contents = {}
    for path in sorted(place.rglob("*")):
        name = str(path.relative_to(place))
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


def listed(site: Path) -> list[str]:
    files: list[str] = json.loads((site / MANIFEST).read_text())["files"]
    return files


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with results, their site, and what is not the site's: docs and a thesis."""
    place = tmp_path_factory.mktemp("built")
    finished = replace(record(60.0), finished=RunFinished("2026-01-01T01:00:00+00:00", 0.5))  # it has badges
    put(place / "results", "1-first", finished, "2026-01-01T00:00:00+00:00")
    put(place / "results", "2-second", record(63.0), "2026-02-01T00:00:00+00:00")
    publish(place / "results", place / "site")
    (place / "docs").mkdir()
    for name in ("index.html", "1-first.html", "style.css", "notes.txt"):
        (place / "docs" / name).write_text(f"my own {name}")
    (place / "thesis.txt").write_text("all of it")
    return place


@pytest.fixture
def place(built: Path, tmp_path: Path) -> Path:
    """The same, for one test alone."""
    shutil.copytree(built, tmp_path / "place")
    return tmp_path / "place"


def change(place: Path) -> None:
    """Give the next build something to write and something to remove."""
    put(place / "results", "3-third", record(66.0), "2026-03-01T00:00:00+00:00")
    (place / "results" / "2-second" / "record.json").unlink()


def instead(path: Path, target: str) -> None:
    """Put a symbolic link in the place of a file or folder."""
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    path.symlink_to(target)


def test_the_manifest_lists_every_other_file_of_a_site(place: Path) -> None:
    assert listed(place / "site") == sorted(set(contents(place / "site")) - {MANIFEST})


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("api/v2", "../../docs"),
        *((part, "../docs") for part in ("records", "loops", "scenarios", "badges", "assets", "api")),
        ("api/v2/records", "../../../docs"),
        ("index.html", "../thesis.txt"),
        (MANIFEST, "../thesis.txt"),
        ("records/1-first.html", "../../docs/1-first.html"),
        ("api/v2/index.json", "../../../thesis.txt"),
        ("assets/vega.js", "nowhere"),
    ],
)
def test_a_symbolic_link_is_named_and_followed_by_no_build(place: Path, name: str, target: str) -> None:
    change(place)
    instead(place / "site" / name, target)
    before = contents(place)
    with pytest.raises(BadInput, match=rf"site/{name} is a symbolic link.*: move it away, or -o FOLDER"):
        publish(place / "results", place / "site")
    assert contents(place) == before


@pytest.mark.parametrize("name", ["records", "assets/style.css", MANIFEST])
def test_what_is_no_file_is_neither_read_nor_replaced(place: Path, name: str) -> None:
    path = place / "site" / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    os.mkfifo(path)
    before = contents(place)
    with pytest.raises(BadInput, match=f"site/{name} is no "):
        publish(place / "results", place / "site")
    assert contents(place) == before


@pytest.mark.parametrize("name", [".index.html-half", "index.html-half", ".index.html"])
def test_a_link_under_a_name_that_a_half_written_file_might_have_is_left_alone(
    place: Path, name: str
) -> None:
    (place / "site" / name).symlink_to("../thesis.txt")
    change(place)
    publish(place / "results", place / "site")
    assert (place / "thesis.txt").read_text() == "all of it"
    assert (place / "site" / name).readlink() == Path("../thesis.txt")


def test_even_a_link_under_the_very_name_of_a_half_written_file_is_not_followed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "token_hex", lambda size: "0" * 2 * size)
    (place / "site" / f".loopcmp-{'0' * 32}").symlink_to("../thesis.txt")
    change(place)
    before = contents(place)
    with pytest.raises(CannotWrite, match="cannot be written: File exists"):
        publish(place / "results", place / "site")
    assert contents(place) == before


def test_the_name_of_a_half_written_file_is_drawn_anew_by_every_build() -> None:
    assert len({site_folder.half_written_name() for _ in range(100)}) == 100


def test_a_file_that_has_another_name_outside_is_replaced_and_not_written_into(place: Path) -> None:
    page = place / "site" / "index.html"
    page.unlink()
    os.link(place / "thesis.txt", page)
    publish(place / "results", place / "site")
    assert (place / "thesis.txt").read_text() == "all of it"
    assert "all of it" not in page.read_text()


def test_files_that_no_build_wrote_stay_whatever_becomes_of_the_site(place: Path) -> None:
    own = ["assets/logo.png", "records/notes.html", "badges/mine.svg", "api/v2/mine.json", "CNAME", "a/b.txt"]
    for name in own:
        path = place / "site" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"my own {name}")
    change(place)
    publish(place / "results", place / "site")
    assert not (place / "site/records/2-second.html").exists()
    for name in own:
        assert (place / "site" / name).read_text() == f"my own {name}"
        assert name not in listed(place / "site")


def test_a_file_of_the_users_under_the_name_of_a_page_is_named_before_anything_is_written(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change(place)
    (place / "site/records/3-third.html").write_text("my own")
    before = contents(place)
    monkeypatch.chdir(place)
    assert here(monkeypatch, "publish") == 2
    said = capsys.readouterr().err
    assert "site/records/3-third.html is in the way of a page of that name" in said
    assert "move it away, or -o FOLDER chooses another" in said
    assert contents(place) == before
    (place / "site/records/3-third.html").unlink()
    assert here(monkeypatch, "publish") == 0


def test_a_site_without_a_manifest_is_left_as_it_is_and_it_is_said_what_to_do(place: Path) -> None:
    (place / "site" / MANIFEST).unlink()
    before = contents(place)
    with pytest.raises(BadInput, match=r"older loopcmp.*: move away what is yours.*publish again, or -o FOL"):
        publish(place / "results", place / "site")
    assert contents(place) == before


@pytest.mark.parametrize(
    "turn", [lambda path: path.write_text("[" * 5000), lambda path: path.write_bytes(b'{"made_by": "\xff"}')]
)
def test_a_manifest_that_is_none_is_said_in_a_line(place: Path, turn: Callable[[Path], object]) -> None:
    turn(place / "site" / MANIFEST)
    with pytest.raises(BadInput, match=f"{MANIFEST} is no manifest of a site: -o FOLDER chooses another"):
        publish(place / "results", place / "site")


@pytest.mark.parametrize(
    "entry",
    [
        "../docs/index.html", "../../docs/index.html", "records/../../docs/index.html", "/etc/hosts.html",
        "records//x.html", "./index.html", "records/./x.html", "..", ".", "", "index.html\0", "index.html\n",
        "\udc80.html", "assets/logo.png", "docs/index.html", "CNAME", ".git/config", "records", "~/x.html",
        "..\\docs\\index.html",
    ],
)  # fmt: skip
def test_a_manifest_can_list_nothing_that_no_build_writes(place: Path, entry: str) -> None:
    site = place / "site"
    (site / "assets/logo.png").write_text("my own")
    (site / "docs").mkdir()
    (site / "docs/index.html").write_text("my own")
    manifest = json.loads((site / MANIFEST).read_text())
    (site / MANIFEST).write_text(json.dumps({**manifest, "files": [*manifest["files"], entry]}))
    change(place)
    before = contents(place)
    with pytest.raises(BadInput, match=f"{MANIFEST} "):
        publish(place / "results", site)
    assert contents(place) == before


PARTS = st.sampled_from(["..", ".", "", "records", "docs", "link", "x.html", "index.html", "thesis.txt"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(st.lists(PARTS, max_size=5).map("/".join) | st.text(max_size=12), max_size=4))
@example(["records/x.html", "link/x.html", "../docs/x.html"])
@example(["records/x.html", "index.html"])
def test_whatever_a_manifest_lists_only_files_of_the_site_are_removed(
    tmp_path: Path, entries: list[str]
) -> None:
    shutil.rmtree(tmp_path / "place", ignore_errors=True)
    site, docs = tmp_path / "place/site", tmp_path / "place/docs"
    for path in (docs / "x.html", docs / "index.html", site / "thesis.txt", site / "docs/x.html"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("my own")
    (site / "index.html").write_text("left over")
    for name in ("records", "link"):
        (site / name).symlink_to("../docs")
    before = contents(tmp_path)
    (site / MANIFEST).write_text(json.dumps({"made_by": "", "files": entries}))
    try:
        with SiteFolder(site) as opened:
            opened.claim([], "")
            opened.finish("me")
        removed = {"place/site/index.html"} & {f"place/site/{name}" for name in entries}
    except BadInput:
        removed = set()
    after = {name: data for name, data in contents(tmp_path).items() if name != f"place/site/{MANIFEST}"}
    assert after == {name: data for name, data in before.items() if name not in removed}


@pytest.mark.parametrize("name", ["../x.html", "/x.html", "records/x", "assets/x.png", MANIFEST + "/x.html"])
def test_no_build_can_claim_a_file_that_is_no_page(tmp_path: Path, name: str) -> None:
    assert not is_site_file(name)
    with SiteFolder(tmp_path) as site, pytest.raises(ValueError, match="no site has a file called"):
        site.claim([name], "me")


def test_a_folder_that_becomes_a_link_during_a_build_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    with SiteFolder(tmp_path / "site") as site:
        site.claim(["records/a.html", "records/b.html"], "me")
        site.put("records/a.html", "a")
        instead(tmp_path / "site/records", "../docs")
        with pytest.raises(BadInput, match="site/records is a symbolic link"):
            site.put("records/b.html", "b")
    assert contents(tmp_path / "docs") == {}


def test_two_builds_are_not_at_one_site_at_once(place: Path) -> None:
    change(place)
    before = contents(place)
    with SiteFolder(place / "site"), pytest.raises(BadInput, match="another loopcmp is publishing to"):
        publish(place / "results", place / "site")
    assert contents(place) == before
    assert publish(place / "results", place / "site").rendered == 1


PUBLISH = [sys.executable, "-P", "-c", "from harness.cli import main; main()", "publish"]


@pytest.mark.workers
def test_of_three_that_publish_at_once_each_is_done_or_says_that_another_is_at_it(place: Path) -> None:
    shutil.rmtree(place / "site")
    started = [subprocess.Popen(PUBLISH, cwd=place, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    ends = [(one.communicate(timeout=120)[1], one.returncode) for one in started]
    refused = "loopcmp: another loopcmp is publishing to site: wait for its end, then publish again\n"
    assert set(ends) <= {("", 0), (refused, 2)}
    assert ("", 0) in ends
    assert set(contents(place / "site")) == {MANIFEST, *listed(place / "site")}
    assert publish(place / "results", place / "site").written == 0


KILLED = """
import os, sys
from pathlib import Path
from harness.report.site.build import publish

left, replace = int(sys.argv[1]), os.replace

def counted(*names, **folders):
    global left
    left -= 1
    if left == 0:
        os._exit(9)
    replace(*names, **folders)

os.replace = counted
publish(Path("results"), Path("site"))
"""


@pytest.mark.workers
@pytest.mark.parametrize("replaced", [1, 2, 3, 9])
def test_a_build_that_is_killed_is_finished_by_the_next_and_leaves_no_half(
    place: Path, replaced: int
) -> None:
    whole = contents(place / "site")
    shutil.rmtree(place / "site")
    done = subprocess.run([sys.executable, "-P", "-c", KILLED, str(replaced)], cwd=place, check=False)
    assert done.returncode == 9
    halves = {path.name for path in (place / "site").glob(".loopcmp-*")}
    assert len(halves) == 1
    publish(place / "results", place / "site")
    kept = halves if replaced == 1 else set()  # no manifest listed it yet, so it is nobody's to remove
    assert {name: data for name, data in contents(place / "site").items() if name not in kept} == whole


def test_records_whose_names_look_alike_have_pages_of_their_own(tmp_path: Path) -> None:
    names = ["A", "a", slug("A"), "a-559aead0", slug(slug("A"))]
    for number, name in enumerate(names, start=1):
        put(tmp_path / "results", name, record(60.0), f"2026-01-0{number}T00:00:00+00:00")
    assert publish(tmp_path / "results", tmp_path / "site").records == len(names)
    assert len(list((tmp_path / "site/records").iterdir())) == len(names)


@given(st.text(alphabet="Aab- 01", max_size=8) | st.text())
def test_no_other_name_has_the_slug_of_a_name(name: str) -> None:
    assert slug(name) == name or slug(slug(name)) != slug(name)
    assert is_site_file(f"records/{slug(name)}.html")
