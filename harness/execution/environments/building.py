"""Has uv make a virtual environment, whole or not at all, in a folder of the user's cache."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import platformdirs
import uv

import harness
import scenarios
from harness.backends.backend import EnvironmentSpec

PATIENCE = 900.0
"""Seconds in which uv must answer: a loop without a wheel is compiled."""

KEPT = 1500
"""Characters kept of what uv says."""

OLDEST = (3, 11)
"""The oldest Python that a worker can run on; pyproject.toml says the same."""

DEFINITION = "venv.json"
"""The file in an environment that says what was asked for."""

_SOURCES = (harness, scenarios)
"""All that a worker has of loopcmp's own environment."""


class BuildFailed(Exception):
    """An environment that cannot be made; the message is uv's."""


def folder_of(venv: EnvironmentSpec) -> Path:
    """Where the environment is, once it is made: the same for the same requests and this loopcmp."""
    sources = [str(_source(package)) for package in _SOURCES]
    asked = json.dumps([venv.python, venv.requirements, sources])
    return cache() / hashlib.sha256(asked.encode()).hexdigest()[:20]


def cache() -> Path:
    """The folder that environments are kept in; it may be deleted at any time."""
    return platformdirs.user_cache_path("loopcmp") / "environments"


def python_in(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / "bin" / "python"


def is_made(venv: EnvironmentSpec) -> bool:
    """Whether the environment is there, and its Python too."""
    return python_in(folder_of(venv)).exists()


def make(venv: EnvironmentSpec, constraints: Sequence[str] = ()) -> None:
    """Make the environment, or find that it is made already. Raises NotMade.

    `constraints` hold back what its requirements leave open.
    """
    if is_made(venv):
        return
    folder = folder_of(venv)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".making-") as work:
            made = Path(work) / "made"
            _fill(made, venv, Path(work), constraints)
            _move(made, folder)
    except OSError as error:
        raise BuildFailed(f"the cache folder cannot be written: {error.strerror}") from None


def _fill(made: Path, venv: EnvironmentSpec, work: Path, constraints: Sequence[str]) -> None:
    python = str(python_in(made))
    _uv(work, "venv", "--no-project", "--relocatable", "--python", venv.python, str(made))
    _check_version(made)
    held = work / "constraints.txt"
    held.write_text("\n".join(constraints))
    _uv(
        work, "pip", "install", "--python", python, "--compile-bytecode", "--constraint", str(held),
        "--", *venv.requirements,
    )  # fmt: skip
    for package in _SOURCES:
        link = next((made / "lib").glob("python*")) / "site-packages" / package.__name__
        link.symlink_to(_source(package), target_is_directory=True)
    (made / DEFINITION).write_text(json.dumps([venv.name, venv.python, venv.requirements]))


def _source(package: object) -> Path:
    return Path(str(getattr(package, "__file__", ""))).resolve().parent


def _check_version(made: Path) -> None:
    found = re.search(r"^version_info = (\d+)\.(\d+)\S*$", (made / "pyvenv.cfg").read_text(), re.MULTILINE)
    if found and (int(found[1]), int(found[2])) < OLDEST:
        raise BuildFailed(
            f"it is Python {found[1]}.{found[2]}: a worker needs {OLDEST[0]}.{OLDEST[1]} or newer"
        )


def _move(made: Path, folder: Path) -> None:
    """Put a whole environment in its place, unless another loopcmp was first."""
    if folder.exists() and not python_in(folder).exists():  # its Python was removed
        shutil.rmtree(folder)
    try:
        made.rename(folder)
    except OSError:
        if not python_in(folder).exists():
            raise


def _uv(work: Path, *words: str) -> None:
    """Run uv in a session of its own, and end all of it if it must end. Raises NotMade with what it says."""
    with subprocess.Popen(
        [uv.find_uv_bin(), "--quiet", "--color", "never", *words],
        cwd=work,
        env=environment_of_uv(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            _, said = process.communicate(timeout=PATIENCE)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise BuildFailed(f"uv gave no answer for {PATIENCE:g} s") from None
            raise
    if process.returncode:
        raise BuildFailed(_worded(said, work))


def _worded(said: str, work: Path) -> str:
    """What uv says, shortened, on one line, without the paths of this machine."""
    for path, name in ((work, "…"), (platformdirs.user_cache_path(), "…"), (Path.home(), "~")):
        said = said.replace(str(path), name)
    line = " ".join(said.split()).removeprefix("error: ").removeprefix("× ")
    return line if len(line) <= KEPT else f"{line[:KEPT]}…"


_LEADS_ASTRAY = {"VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH", "UV_PROJECT", "UV_WORKING_DIR"}


def environment_of_uv(ours: Mapping[str, str]) -> dict[str, str]:
    """Ours, so that indexes and proxies stay, without what leads uv to another environment."""
    kept = {name: value for name, value in ours.items() if name not in _LEADS_ASTRAY}
    return {**kept, "PATH": _search_path(kept)}


def _search_path(ours: Mapping[str, str]) -> str:
    """PATH with pyenv's interpreters in place of its shims, of which most fail."""
    root = Path(ours.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = sorted((root / "versions").glob("3.*/bin"), key=_newest, reverse=True)
    rest = [one for one in ours.get("PATH", os.defpath).split(os.pathsep) if one != str(root / "shims")]
    return os.pathsep.join([*rest, *map(str, found)])


def _newest(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", folder.parent.name)]
