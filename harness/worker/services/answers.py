"""HTTP/1.1 responses as a client sees them, and answers that are alike but for their dates."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_DATE = re.compile(rb"\r\ndate: *([^\r]+)\r\n", re.IGNORECASE)


class NotHttp(Exception):
    """Bytes that are no HTTP/1.1 response; the message is a whole predicate."""


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response; `chunks` are the sizes of its chunks in order, None where it is not chunked."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    chunks: tuple[int, ...] | None
    length: int
    """The bytes that the response takes on its connection."""


def parse(data: bytes, *, closed: bool = False) -> Response | None:
    """Return the response that data begins with; None while it is not whole. Raises NotHttp.

    `closed` says that no more will come, which ends a body without a length.
    """
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *lines = data[:end].decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():  # noqa: PLR2004 - version and status
        raise NotHttp(f"answered with {first[:80]!r}, which is no HTTP/1.1 response")
    headers = tuple(
        (name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)
    )
    body = _body(data, end + 4, dict(headers), status=int(words[1]), closed=closed)
    return None if body is None else Response(int(words[1]), headers, *body)


Body = tuple[bytes, tuple[int, ...] | None, int]
"""A body, the sizes of its chunks, and where it ends."""


def _body(data: bytes, start: int, headers: dict[str, str], *, status: int, closed: bool) -> Body | None:
    """Return the body; None while it is not whole."""
    if status in _BODILESS:
        return b"", None, start
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return _chunked(data, start)
    if (length := headers.get("content-length")) is not None:
        end = start + int(length)
        return (data[start:end], None, end) if len(data) >= end else None
    return (data[start:], None, len(data)) if closed else None


_BODILESS = (101, 204, 304)


def _chunked(data: bytes, start: int) -> Body | None:
    chunks: list[bytes] = []
    while (line_end := data.find(b"\r\n", start)) >= 0:
        size = int(data[start:line_end].split(b";")[0], 16)
        chunk_start = line_end + 2
        start = chunk_start + size + 2
        if len(data) < start:
            return None
        if size == 0:
            return b"".join(chunks), tuple(map(len, chunks)), start
        chunks.append(data[chunk_start : chunk_start + size])
    return None


def no_success(response: Response) -> str | None:
    """Say what was answered instead of success, as a predicate about the service; None for success."""
    if 200 <= response.status < 300:  # noqa: PLR2004 - success (RFC 9110)
        return None
    location = dict(response.headers).get("location")
    return f"answered with status {response.status}" + (f" and sends to {location}" if location else "")


@dataclass(frozen=True, slots=True)
class Template:
    """What every answer must be, byte for byte, but for the date from `hole` to `hole_end`."""

    answer: bytes
    hole: int = 0
    hole_end: int = 0

    def is_whole(self, received: bytes) -> bool:
        """Decide whether what was received has as many bytes as the answer."""
        return len(received) >= len(self.answer)

    def matches(self, answer: bytes) -> bool:
        """Decide whether an answer is what it must be."""
        return answer == self.answer or (
            self.hole_end > 0
            and answer[: self.hole] == self.answer[: self.hole]
            and answer[self.hole_end :] == self.answer[self.hole_end :]
        )

    def first_difference(self, answer: bytes) -> int:
        """Return the place of the first byte that is not what it must be."""
        for place, (expected, byte) in enumerate(zip(self.answer, answer, strict=False)):
            if expected != byte and not self.hole <= place < self.hole_end:
                return place
        return min(len(answer), len(self.answer))

    def difference(self, answer: bytes) -> str:
        """Say where an answer is not what it must be; the sentence is a predicate about the service."""
        place = self.first_difference(answer)
        around = slice(max(0, place - 20), place + 40)
        return (
            f"answered {answer[around]!r} where it was {self.answer[around]!r} before: "
            f"byte {place} of {len(self.answer)}"
        )


def several_ways(answers: Sequence[bytes]) -> str:
    """Say where answers differ that are not all the same; the sentence is a predicate about the service."""
    template = template_of(answers[0])
    other = next((answer for answer in answers if not template.matches(answer)), answers[0])
    place = template.first_difference(other)
    return f"answers one request in several ways, first at byte {place}: {other[place : place + 40]!r}"


def template_of(answer: bytes) -> Template:
    """Return the template of an HTTP response."""
    date = _DATE.search(answer, 0, answer.find(b"\r\n\r\n") + 2)
    return Template(answer) if date is None else Template(answer, date.start(1), date.end(1))
