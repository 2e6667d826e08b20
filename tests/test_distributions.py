"""The wheel and the sdist: built without a network, complete, and good for a user's type checker."""

import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent

MINE = """\
from typing import assert_type

from anyio.lowlevel import checkpoint

from harness.scenario import Gather, scenario


async def number(value: int) -> int:
    await checkpoint()
    return value


@scenario(returns=[1, 2])
async def mine(gather: Gather) -> list[int]:
    results = await gather(number(1), number(2))
    return assert_type(results, list[int])
"""


def run(*words: str | Path, cwd: Path) -> str:
    """Run a program to a good end; gives what it printed."""
    ran = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def build(source: Path, kind: str, to: Path) -> Path:
    """Build one distribution from a folder with the tools that are here, and nothing from elsewhere."""
    run(sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", to, cwd=source)
    [made] = to.iterdir()
    return made


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is built from the sdist, which is what an installer does that finds no wheel."""
    unpacked = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(unpacked, filter="data")
    [source] = unpacked.iterdir()
    return build(source, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def user(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment in which the wheel is installed, beside the libraries of the one that tests run in."""
    folder = tmp_path_factory.mktemp("user")
    venv.create(folder, symlinks=True)
    [target] = folder.glob("lib/python*/site-packages")
    # Directories that are named here are searched last, and not for .pth files, such as leads to this clone.
    (target / "ours.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=folder)
    return folder


def test_the_wheel_from_the_sdist_has_every_file_that_the_packages_have(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    ours = {
        path.relative_to(ROOT).as_posix()
        for package in ("harness", "scenarios")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {"harness/py.typed", "scenarios/py.typed"} <= packed
    assert packed == ours


def test_the_installed_command_is_the_one_of_the_wheel(user: Path) -> None:
    command, python = user / "bin" / "loopcmp", user / "bin" / "python"
    place = run(python, "-P", "-c", "import harness; print(harness.__file__)", cwd=user)
    assert Path(place.strip()).is_relative_to(user)
    assert "run" in run(command, "--help", cwd=user)
    assert "say_after_example" in run(command, "list", "scenarios", "tutorial", cwd=user)


def test_the_installed_command_says_its_version(user: Path, wheel: Path) -> None:
    shown = run(user / "bin" / "loopcmp", "--version", cwd=user)
    assert shown.startswith(f"loopcmp {wheel.name.split('-')[1]}")
    assert len(shown.splitlines()) == 1


def test_a_users_scenario_passes_a_strict_type_checker_with_the_types_that_it_has(user: Path) -> None:
    (user / "mine.py").write_text(MINE)
    mypy = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(user / "bin" / "python")]
    checked = run(*mypy, "--cache-dir", user / "cache", "mine.py", cwd=user)
    assert checked == "Success: no issues found in 1 source file\n"
