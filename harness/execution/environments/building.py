"""Has uv make a virtual environment, whole or not at all, in a folder of the user's cache."""

import hashlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import platformdirs
import uv
from packaging.specifiers import InvalidSpecifier, SpecifierSet

import harness
import scenarios
from harness.backends.backend import EnvironmentSpec
from harness.backends.local_sources import EDITABLE, local_path, source_digest
from harness.execution.owned_folders import owned_folder, remove_what_the_dead_left

PATIENCE = 900.0
"""The seconds within which uv must answer: a loop without a wheel is compiled."""

LONGEST_MESSAGE = 1500
"""The most characters that are kept of what uv says."""

OLDEST_PYTHON = (3, 11)
"""The oldest Python that a worker can run on; pyproject.toml says the same."""

DEFINITION = "venv.json"
"""The file in an environment that says what was asked for."""

_SOURCES = (harness, scenarios)
"""The packages of loopcmp's own environment that a worker elsewhere is given: these alone."""


class BuildFailed(Exception):
    """An environment cannot be made; the message is uv's."""


def folder_of(environment: EnvironmentSpec) -> Path:
    """Return where the environment is, once it is made: the same for the same requests and this loopcmp.

    Another interpreter makes it another, and so does a change of a package of the user's own.
    """
    sources = [str(_source(package)) for package in _SOURCES]
    paths = filter(None, map(local_path, environment.requirements))
    own = [(str(path.resolve()), source_digest(path)) for path in paths]
    definition = json.dumps([requested_python(environment), environment.requirements, sources, own])
    return cache() / hashlib.sha256(definition.encode()).hexdigest()[:20]


_other_cache: ContextVar[Path | None] = ContextVar("_other_cache", default=None)


@contextmanager
def environments_in(folder: Path) -> Iterator[None]:
    """Have environments made in a folder of one's own, for as long as they are needed."""
    before = _other_cache.set(folder)
    try:
        yield
    finally:
        _other_cache.reset(before)


def cache() -> Path:
    """Return the folder that environments are kept in; it may be deleted at any time."""
    return _other_cache.get() or platformdirs.user_cache_path("loopcmp") / "environments"


def python_in(folder: Path) -> Path:
    """Return the path of an environment's interpreter."""
    return folder / "bin" / "python"


def is_built(environment: EnvironmentSpec) -> bool:
    """Decide whether the environment is there, and its Python too."""
    return python_in(folder_of(environment)).exists()


def build(environment: EnvironmentSpec, constraints: Sequence[str] = ()) -> None:
    """Make the environment, or find that it is made already. Raises BuildFailed.

    `constraints` hold back what its requirements leave open.
    """
    if is_built(environment):
        return
    folder = folder_of(environment)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        remove_what_the_dead_left(".making-", folder.parent)
        with owned_folder(".making-", folder.parent) as work:
            built = Path(work) / "made"
            _fill(built, environment, Path(work), constraints)
            _move(built, folder)
    except OSError as error:
        raise BuildFailed(f"the cache folder cannot be written: {error.strerror}") from None


def _fill(built: Path, environment: EnvironmentSpec, work: Path, constraints: Sequence[str]) -> None:
    python = str(python_in(built))
    _uv(work, "venv", "--no-project", "--relocatable", "--python", requested_python(environment), str(built))
    _check_version(built)
    held_back = work / "constraints.txt"
    held_back.write_text("\n".join(constraints))
    _uv(
        work, "pip", "install", "--python", python, "--compile-bytecode", "--constraint", str(held_back),
        *map(_as_uv_takes_it, environment.requirements),
    )  # fmt: skip
    for package in _SOURCES:
        link = next((built / "lib").glob("python*")) / "site-packages" / package.__name__
        if not link.exists():  # a revision of loopcmp that is to be compared brings its own
            link.symlink_to(_source(package), target_is_directory=True)
    (built / DEFINITION).write_text(
        json.dumps([environment.name, environment.python, environment.requirements])
    )


def _as_uv_takes_it(requirement: str) -> str:
    """Return a requirement as an argument of uv, which runs in another folder."""
    if local_path(requirement) is None:
        return requirement
    editable = "--editable=" if requirement.startswith(EDITABLE) else ""
    return f"{editable}{Path.cwd()}/{requirement.removeprefix(EDITABLE)}"


def requested_python(environment: EnvironmentSpec) -> str:
    """Return what uv is asked for: loopcmp's own interpreter where it fits, else what was written.

    Two builds of one version differ by more than two loops sometimes do.
    """
    own = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    return str(own) if _fits_own(environment.python) else environment.python


def _fits_own(python: str) -> bool:
    """Whether this interpreter is what is asked for; only plain versions and specifiers are looked at."""
    free_threaded = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    if platform.python_implementation() != "CPython":
        return False
    if match := re.fullmatch(r"(?:c?python@?)?(\d+(?:\.\d+){0,2})(t|\+freethreaded)?", python):
        numbers = tuple(map(int, match[1].split(".")))
        return sys.version_info[: len(numbers)] == numbers and bool(match[2]) == free_threaded
    try:
        return not free_threaded and platform.python_version() in SpecifierSet(python)
    except InvalidSpecifier:
        return False


def _source(package: object) -> Path:
    return Path(str(getattr(package, "__file__", ""))).resolve().parent


def _check_version(built: Path) -> None:
    match = re.search(r"^version_info = (\d+)\.(\d+)\S*$", (built / "pyvenv.cfg").read_text(), re.MULTILINE)
    if match and (int(match[1]), int(match[2])) < OLDEST_PYTHON:
        raise BuildFailed(
            f"it is Python {match[1]}.{match[2]}: a worker needs {'.'.join(map(str, OLDEST_PYTHON))} or newer"
        )


def _move(built: Path, folder: Path) -> None:
    """Put a whole environment in its place, unless another loopcmp was first."""
    if folder.exists() and not python_in(folder).exists():  # its Python was removed
        shutil.rmtree(folder)
    try:
        built.rename(folder)
    except OSError:
        if not python_in(folder).exists():
            raise


def _uv(work: Path, *words: str) -> None:
    """Run uv in a group of its own, which ends as a whole. Raises BuildFailed with what uv says."""
    with subprocess.Popen(
        [uv.find_uv_bin(), "--quiet", "--color", "never", *words],
        cwd=work,
        env=environment_of_uv(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        process_group=0,  # a session of its own is what orphans of workers have
    ) as process:
        try:
            _, output = process.communicate(timeout=PATIENCE)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise BuildFailed(f"uv gave no answer for {PATIENCE:g} s") from None
            raise
    if process.returncode:
        raise BuildFailed(_one_line(output, work))


def _one_line(output: str, work: Path) -> str:
    """Return what uv says, shortened, on one line, without the paths of this machine."""
    for path, name in ((work, "…"), (platformdirs.user_cache_path(), "…"), (Path.home(), "~")):
        output = output.replace(str(path), name)
    line = " ".join(output.split()).removeprefix("error: ").removeprefix("× ")
    return line if len(line) <= LONGEST_MESSAGE else f"{line[:LONGEST_MESSAGE]}…"


_LEADS_ASTRAY = {"VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH", "UV_PROJECT", "UV_WORKING_DIR"}


def environment_of_uv(environ: Mapping[str, str]) -> dict[str, str]:
    """Return our variables without those that lead uv to another environment; indexes and proxies stay."""
    kept = {name: value for name, value in environ.items() if name not in _LEADS_ASTRAY}
    return {**kept, "PATH": _search_path(kept)}


def _search_path(environ: Mapping[str, str]) -> str:
    """Return PATH with pyenv's interpreters in place of its shims, of which most fail."""
    root = Path(environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    installed = sorted((root / "versions").glob("3.*/bin"), key=_newest, reverse=True)
    rest = [
        folder
        for folder in environ.get("PATH", os.defpath).split(os.pathsep)
        if folder != str(root / "shims")
    ]
    return os.pathsep.join([*rest, *map(str, installed)])


def _newest(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", folder.parent.name)]
