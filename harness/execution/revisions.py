"""The base revision and the working copy of a project, side by side in a temporary folder.

The repository is left as it is: its build backend works in these folders, and they are removed at the end.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from harness.errors import BadInput
from harness.records.plan import BASE, HEAD


@dataclass(frozen=True, slots=True)
class Revisions:
    """Where both are: `folder` holds `base` and `head`, and `project` is the project's path within each."""

    folder: Path
    repository: Path
    project: Path
    commit: str

    def scenario(self, word: str, start: Path) -> str:
        """Return a path that was typed in `start` as one of the copy of the working copy, below `folder`.

        A path outside the repository is returned whole.
        """
        path = Path(os.path.normpath(start / word))
        if not path.is_relative_to(self.repository):
            return str(path)
        return f"{HEAD}/{path.relative_to(self.repository)}" + ("/" if word.endswith("/") else "")


@contextmanager
def checked_out(revision: str, start: Path) -> Iterator[Revisions]:
    """Check out a revision of the repository that `start` is in, and a copy of its working copy.

    Raises BadInput where there is no repository, no such revision, or no project to install.
    """
    repository = Path(_git(start, "rev-parse", "--show-toplevel", why=_NO_REPOSITORY)).resolve()
    commit = _git(start, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}",
                  why=f"there is no revision {revision!r} here: {_FETCH}")  # fmt: skip
    project = start.resolve().relative_to(repository)
    with tempfile.TemporaryDirectory(prefix="loopcmp-gate-") as made:
        folder = Path(made).resolve()
        with _worktree(repository, folder / BASE, commit), _worktree(repository, folder / HEAD, "HEAD"):
            _overlay(repository, folder / HEAD)
            for side, name in ((HEAD, "the working copy"), (BASE, revision)):
                _check_project(folder / side / project, name)
            yield Revisions(folder, repository, project, commit[:_SHORT])


_SHORT = 9
"""How many digits of a commit people are shown."""

_NO_REPOSITORY = (
    "this folder is in no git repository, which --against REV needs; a record is named by its folder"
)

_FETCH = "fetch it first, such as by `git fetch --depth=1 origin main` and then --against FETCH_HEAD"

_BUILT_BY = ("pyproject.toml", "setup.py")


def _check_project(folder: Path, name: str) -> None:
    if not any((folder / file).is_file() for file in _BUILT_BY):
        raise BadInput(
            f"{name} has no pyproject.toml or setup.py in this folder, so it cannot be installed: "
            "start loopcmp in the folder of the project"
        )


@contextmanager
def _worktree(repository: Path, folder: Path, commit: str) -> Iterator[None]:
    """Make a worktree of a commit, without the repository's hooks, and remove it however this ends."""
    try:
        _git(repository, "-c", "core.hooksPath=/dev/null", "worktree", "add", "--quiet", "--detach",
             "--force", str(folder), commit, why=f"{commit} cannot be checked out")  # fmt: skip
        yield
    finally:
        _run_git(repository, "worktree", "remove", "--force", str(folder))


def _overlay(repository: Path, copy: Path) -> None:
    """Make a worktree of HEAD what the working copy is: with its changes, and files that are not ignored."""
    why = "the working copy cannot be read"
    changed = _git(repository, "diff", "--no-renames", "--name-only", "-z", "HEAD", why=why)
    new = _git(repository, "ls-files", "-z", "--others", "--exclude-standard", why=why)
    for name in filter(None, f"{changed}\0{new}".split("\0")):
        _take_over(repository / name, copy / name)


def _take_over(source: Path, target: Path) -> None:
    """Copy a file, or remove the one that is no longer there; a folder is made by the files in it."""
    if target.is_dir() and not target.is_symlink():
        if source.is_dir() and not source.is_symlink():
            return  # another repository's
        shutil.rmtree(target)
    with suppress(NotADirectoryError):  # a file has taken the place of its folder
        target.unlink(missing_ok=True)
    if source.is_symlink() or source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target, follow_symlinks=False)


def _git(folder: Path, *words: str, why: str) -> str:
    """Run git and return what it prints. Raises BadInput with `why` and git's words where it fails."""
    done = _run_git(folder, *words)
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise BadInput(f"{why} ({' '.join(reason.split())})")
    return os.fsdecode(done.stdout).rstrip("\n")


def _run_git(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder. Raises BadInput where there is none."""
    git = shutil.which("git")
    if git is None:
        raise BadInput("there is no git here, which --against REV needs: install it, or name records")
    environ = {name: value for name, value in os.environ.items() if name not in _LEADS_ASTRAY}
    return subprocess.run(
        [git, *words], cwd=folder, env=environ, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )


_LEADS_ASTRAY = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"}
"""What git sets for a hook, from which a gate may be started."""
