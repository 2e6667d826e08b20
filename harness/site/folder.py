"""The folder of a site: what differs is written, and what is left over removed."""

from contextlib import suppress
from pathlib import Path


class Site:
    """A folder being written: writes what differs, and removes what is left over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = 0
        self._kept: set[Path] = set()

    def put(self, name: str, text: str) -> None:
        """A file of this text; not written where it is there already."""
        path, data = self.folder / name, text.encode()
        self.keep(name)
        with suppress(OSError):
            if path.read_bytes() == data:
                return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.written += 1

    def keep(self, name: str) -> None:
        """A file that is there and stays as it is."""
        self._kept.add(self.folder / name)

    def sweep(self) -> None:
        """Remove what an earlier build wrote and this one did not."""
        for part in ("records", "loops", "scenarios", "badges", "assets", "api"):
            for path in (self.folder / part).rglob("*"):
                if path.is_file() and path not in self._kept:
                    path.unlink()
