"""What a story prints, kept as lines up to a bound and beyond it as a digest: a flood costs no memory."""

import codecs
import hashlib
import io

from harness.worker.describing import LARGEST, without_addresses


class CapturedOutput(io.RawIOBase):
    """The bytes under a story's sys.stdout.

    Of the lines over 64 KiB, counted in characters, only their number and a digest are kept: equal floods
    compare equal.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._lines: list[str] = []
        self._room = LARGEST
        self._rest = hashlib.sha256()
        self._more = 0
        self._pending = ""

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: object) -> int:
        """Take in everything."""
        whole = bytes(memoryview(data))  # type: ignore[arg-type]
        self._take(self._decoder.decode(whole))
        return len(whole)

    def _take(self, text: str) -> None:
        lines = (self._pending + text).splitlines(keepends=True)
        ends = bool(lines) and not lines[-1].endswith("\r") and lines[-1].splitlines() != [lines[-1]]
        self._pending = "" if ends or not lines else lines.pop()
        kept = self._keep(lines)
        if len(lines) > kept:
            self._more += len(lines) - kept
            self._rest.update(_encoded("".join(lines[kept:])))
        if len(self._pending) > LARGEST:  # a line without an end is no way around the bound
            self._room = 0
            self._rest.update(_encoded(self._pending))
            self._pending = ""

    def _keep(self, lines: list[str]) -> int:
        """Keep the first lines, as far as there is room; gives how many."""
        for number, line in enumerate(lines):
            if len(line) > self._room:
                self._room = 0
                return number
            self._room -= len(line)
            self._lines += without_addresses(line).splitlines()
        return len(lines)

    def lines(self) -> tuple[str, ...]:
        """All that was printed, line by line, without object addresses."""
        rest = self._rest.copy()
        rest.update(_encoded(self._pending))
        if not self._more and rest.digest() == hashlib.sha256().digest():
            return tuple(self._lines)
        if self._room and len(self._pending) <= self._room:
            return (*self._lines, *without_addresses(self._pending).splitlines())
        return (*self._lines, f"… and {self._more} more lines, sha256 {rest.hexdigest()}")


def _encoded(text: str) -> bytes:
    return without_addresses(text).encode(errors="surrogatepass")
