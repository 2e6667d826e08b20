"""The folders of runs: one for each, and which of them is unfinished."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from harness.errors import BadInput
from harness.records.store.compression import record_path
from harness.records.store.files import JOURNAL, is_begun
from harness.records.store.journal import is_at_work

LOCAL = "local"

PAGE = "report.html"
"""The page of a run, the last of the files that are written in its folder."""


def new_folder(results: Path, name: str, *, publish: bool) -> Path:
    """Make a folder of its own for one run. Raises BadInput where it cannot be made or is taken."""
    now = datetime.now(UTC)
    if publish:
        folder = results / f"{now:%Y-%m-%d}-{name}"
        if not _made(folder) and not (_removed_unbegun(folder) and _made(folder)):
            raise BadInput(f"{folder} is there already: choose another name to publish under")
        return folder
    first = results / LOCAL / f"{now:%Y%m%d-%H%M%S}-{name}"
    others = (first.with_name(f"{first.name}-{number}") for number in count(2))
    return next(filter(_made, chain([first], others)))


def _made(folder: Path) -> bool:
    """Make a folder; False if it is there already. Raises BadInput where it cannot be made."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        return False
    except OSError as error:
        raise BadInput(f"{folder} cannot be made: {error.strerror}; --results DIR chooses") from None
    return True


def _removed_unbegun(folder: Path) -> bool:
    """Remove a folder whose run was killed before its first entry; False where anything else is in it."""
    with suppress(OSError):
        if {path.name for path in folder.iterdir()} == {JOURNAL} and not is_begun(folder):
            if is_at_work(folder):
                return False
            (folder / JOURNAL).unlink()
            folder.rmdir()
            return True
    return False


def safe_name(name: str) -> str:
    """Return the name where it is safe as part of a path. Raises BadInput for one that is not."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}", name):
        raise BadInput(f"{name!r} cannot name a folder: use letters, digits, dots and dashes")
    return name


def unfinished(results: Path) -> Path:
    """Return the newest local run's folder that is unfinished and not at work. Raises BadInput for none."""
    folders = sorted((results / LOCAL).glob("*/"), reverse=True)
    for folder in folders:
        if is_begun(folder) and not is_concluded(folder) and not is_at_work(folder):
            return folder
    raise BadInput(f"no unfinished run in {results / LOCAL}: name the folder of the run to resume")


def is_concluded(folder: Path) -> bool:
    """Decide whether a run's record is written, and everything else: its page is written last."""
    return record_path(folder).exists() and (folder / PAGE).exists()


def published(results: Path) -> Iterator[Path]:
    """Yield the folders of the published records under results/, oldest first."""
    for folder in sorted(results.glob("*/")):
        if folder.name != LOCAL and record_path(folder).exists():
            yield folder
