"""Keeps what a scenario prints as lines up to a bound, and beyond it as a digest: a flood costs no memory."""

import codecs
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import hashlib

from harness.worker.describing import LARGEST_DESCRIPTION, comparable_text


class CapturedOutput(io.RawIOBase):
    """The bytes under a scenario's sys.stdout.

    Of the lines over 64 KiB, counted in characters, only their number and a digest are kept: equal floods
    compare equal. One that `discards` keeps nothing: a scenario that is timed prints to what looks the same
    from inside as what it prints to when it is observed.
    """

    name = "<stdout>"

    def __init__(self, *, discards: bool = False) -> None:
        self._discards = discards
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._lines: list[str] = []
        self._characters_left = LARGEST_DESCRIPTION
        self._digest = None if discards else _new_digest()
        self._lines_over = 0
        self._pending = ""

    @property
    def _over(self) -> "hashlib._Hash":
        """The digest of the lines that are not kept."""
        self._digest = self._digest or _new_digest()
        return self._digest

    def writable(self) -> bool:
        """Return True: it is made to be written to."""
        return True

    def write(self, written: object) -> int:
        """Take in everything."""
        if self._discards:
            return len(memoryview(written))  # type: ignore[arg-type]
        whole = bytes(memoryview(written))  # type: ignore[arg-type]
        self._add_text(self._decoder.decode(whole))
        return len(whole)

    def _add_text(self, text: str) -> None:
        lines = (self._pending + text).splitlines(keepends=True)
        ends = bool(lines) and not lines[-1].endswith("\r") and lines[-1].splitlines() != [lines[-1]]
        self._pending = "" if ends or not lines else lines.pop()
        kept_count = self._keep(lines)
        if len(lines) > kept_count:
            self._lines_over += len(lines) - kept_count
            self._over.update(_encoded("".join(lines[kept_count:])))
        if len(self._pending) > LARGEST_DESCRIPTION:  # a line without an end is no way around the bound
            self._characters_left = 0
            self._over.update(_encoded(self._pending))
            self._pending = ""

    def _keep(self, lines: list[str]) -> int:
        """Keep the first lines, as far as there is room; gives how many."""
        for number, line in enumerate(lines):
            if len(line) > self._characters_left:
                self._characters_left = 0
                return number
            self._characters_left -= len(line)
            self._lines += comparable_text(line).splitlines()
        return len(lines)

    def printed_lines(self) -> tuple[str, ...]:
        """All that was printed, line by line, without object addresses."""
        rest = self._over.copy()
        rest.update(_encoded(self._pending))
        if not self._lines_over and rest.digest() == _new_digest().digest():
            return tuple(self._lines)
        if self._characters_left and len(self._pending) <= self._characters_left:
            return (*self._lines, *comparable_text(self._pending).splitlines())
        return (*self._lines, f"… and {self._lines_over} more lines, sha256 {rest.hexdigest()}")


def _new_digest() -> "hashlib._Hash":
    import hashlib  # noqa: PLC0415 - a worker that times needs none

    return hashlib.sha256()


def text_output(printed: CapturedOutput) -> io.TextIOWrapper:
    """Return a standard output over what captures its bytes, as strict as a real one."""
    return io.TextIOWrapper(printed, encoding="utf-8")


def discarding_output() -> io.TextIOWrapper:
    """Return a standard output that discards what is printed, at little cost."""
    return text_output(CapturedOutput(discards=True))


def _encoded(text: str) -> bytes:
    return comparable_text(text).encode(errors="surrogatepass")
