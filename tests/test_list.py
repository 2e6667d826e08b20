"""`loopcmp list`: what can be run here, what would have to be installed, and which environments there are."""

import json
from pathlib import Path

import pytest

from harness.backends.third_party import PYPI
from tests.command_line import loopcmp

pytestmark = pytest.mark.workers

PROJECT = """
[tool.loopcmp.loops]
mine = "mine.loops:make"
[tool.loopcmp.environments.old]
python = "3.12"
requirements = ["uvloop==0.21"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    return tmp_path


def test_every_loop_of_the_table_and_of_the_project_is_listed_with_its_state(project: Path) -> None:
    done = loopcmp(project, "list", "backends", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    listed = {one["name"]: one for one in json.loads(done.stdout)}
    assert {f"{lore.loop.name}+gather" for lore in PYPI} <= set(listed)
    assert {listed[name]["state"] for name in ("asyncio+gather", "trio+anyio")} == {"available"}
    assert listed["mine+taskgroup"]["state"] == "not installed"
    assert listed["asyncio-select+gather"]["default"] is False
    assert "UNIX sockets" in listed["rloop+gather"]["lacks"]


def test_environments_are_listed_with_their_state_and_none_is_made(project: Path) -> None:
    cache = {"XDG_CACHE_HOME": str(project / "cache")}
    done = loopcmp(project, "list", "environments", "--env", "new=3.13", "--json", **cache)
    assert (done.returncode, done.stderr) == (0, "")
    listed = {one["name"]: one for one in json.loads(done.stdout) if one["name"]}
    assert {name: one["python"] for name, one in listed.items()} == {"new": "3.13", "old": "3.12"}
    assert listed["old"]["requirements"] == "uvloop==0.21"
    assert {one["state"].partition(":")[0] for one in listed.values()} == {"not made yet"}
    assert not list((project / "cache").rglob("venv.json"))


def test_a_table_that_cannot_be_meant_is_one_line(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.loopcmp.environments.'../up']\npython = '3.12'\n")
    done = loopcmp(project, "list", "environments")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "'../up' cannot name an environment" in done.stderr
