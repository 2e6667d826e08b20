"""Answers of which words change from one request to the next: a time, a duration, a counter, an identity."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from harness.worker.services.answers import NotHttp, Response, Template, parse, template_of

_WORD = re.compile(rb"([\w.:+/=%~-]+)", re.ASCII)
_TIME = re.compile(rb"(\d{4}-\d\d-\d\d[T_+])?\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:?\d\d)?")
"""A time of day, with or without its date: it is another one later, though two requests may have the same."""

_GAP = b"<changes>"
LEARNED = 10
"""The answers from which it is learned what changes from one to the next."""

_AROUND = 24
"""The bytes of an answer that are shown before a word of it."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text with gaps that take one word each; `pieces` are what stands before, between and after them."""

    pieces: tuple[bytes, ...]

    def matches(self, text: bytes) -> bool:
        """Decide whether a text is the same but for its words in the gaps."""
        return self.first_difference(text) is None

    def first_difference(self, text: bytes) -> int | None:
        """Return about where a text differs, None where it does so in the gaps alone."""
        place = 0
        for number, piece in enumerate(self.pieces):
            if number:
                word = _WORD.match(text, place)
                if word is None:
                    return place
                place = word.end()
            if not text.startswith(piece, place):
                return place + _common(piece, text[place : place + len(piece)])
            place += len(piece)
        return None if place == len(text) else place

    def hidden(self) -> bytes:
        """Return the text with a mark in each gap."""
        return _GAP.join(self.pieces)

    def gaps(self) -> Iterator[str]:
        """Yield what stands before each gap, with a mark in it."""
        for piece in self.pieces[:-1]:
            yield (piece[-_AROUND:] + _GAP).decode(errors="replace")


def _common(first: bytes, second: bytes) -> int:
    """Return how many bytes two texts have in common at their beginning."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(first), len(second)))


def pattern_of(texts: Sequence[bytes]) -> Pattern | None:
    """Return the pattern that all texts match; None where they differ in more than single words.

    Words that differ are gaps, and so are times of day.
    """
    split = [_WORD.split(text) for text in dict.fromkeys(texts)]
    first = split[0]
    if any(parts[::2] != first[::2] for parts in split):
        return None
    pieces: list[list[bytes]] = [[]]
    for place, part in enumerate(first):
        if place % 2 and (_TIME.fullmatch(part) or any(parts[place] != part for parts in split)):
            pieces.append([])
        else:
            pieces[-1].append(part)
    return Pattern(tuple(map(b"".join, pieces)))


@dataclass(frozen=True, slots=True)
class VaryingTemplate:
    """What every answer must be but for words in its headers and body, and for the sizes of its chunks."""

    status: int
    head: Pattern
    body: Pattern

    def is_whole(self, received: bytes) -> bool:
        """Decide whether what was received is a whole response, or can be none."""
        try:
            return parse(received) is not None
        except (NotHttp, ValueError):
            return True

    def matches(self, answer: bytes) -> bool:
        """Decide whether an answer is what it must be."""
        try:
            response = parse(answer)
        except (NotHttp, ValueError):
            return False
        return response is not None and response.length == len(answer) and self.has(response)

    def has(self, response: Response) -> bool:
        """Decide whether a response is what it must be."""
        return (
            response.status == self.status
            and self.body.matches(response.body)
            and self.head.matches(head_of(response))
        )

    def difference(self, answer: bytes) -> str:
        """Say where an answer is not what it must be; the sentence is a predicate about the service."""
        response = parse(answer)
        if response is None or response.length != len(answer) or response.status != self.status:
            return f"answered {answer[:80]!r} where the status was {self.status} before"
        for pattern, text in ((self.head, head_of(response)), (self.body, response.body)):
            if (place := pattern.first_difference(text)) is not None:
                around = text[max(0, place - _AROUND) : place + _AROUND]
                return f"answered {around!r}, which no answer before had there"
        return "answered in another way than before"

    def hidden(self, response: Response) -> Response:
        """Return a response that has it, with a mark in the place of each word that may change."""
        if not self.gaps():
            return response
        headers = tuple(_header(line) for line in self.head.hidden().decode("latin-1").split("\n"))
        return replace(response, headers=headers, body=self.body.hidden(), chunks=None)

    def gaps(self) -> list[str]:
        """Return what is not compared: what stands before each changing word."""
        return [*self.head.gaps(), *self.body.gaps()]


AnswerTemplate = Template | VaryingTemplate


def head_of(response: Response) -> bytes:
    """Return the headers but the date and the length, which changes with the body."""
    kept = [f"{name}: {value}" for name, value in response.headers if name not in {"date", "content-length"}]
    return "\n".join(kept).encode("latin-1")


def _header(line: str) -> tuple[str, str]:
    """Return name and value of a line that `head_of` wrote."""
    name, _, value = line.partition(": ")
    return name, value


def varying_template(responses: Sequence[Response]) -> VaryingTemplate | None:
    """Return the template of responses; None where they differ in more than single words."""
    head = pattern_of([head_of(response) for response in responses])
    body = pattern_of([response.body for response in responses])
    if head is None or body is None or len({response.status for response in responses}) > 1:
        return None
    return VaryingTemplate(responses[0].status, head, body)


def template_of_varying(answers: Sequence[bytes]) -> AnswerTemplate | None:
    """Return what whole answers have in common; None where they differ in more than single words.

    Where nothing changes but the date, it is the template that compares every byte.
    """
    exact = template_of(answers[0])
    varying = varying_template([response for answer in answers if (response := parse(answer)) is not None])
    if varying is None or varying.gaps() or not all(map(exact.matches, answers)):
        return varying
    return exact


def template_of_same(answers: Sequence[bytes]) -> Template | None:
    """Return what answers are that are the same but for their dates; None where they are not."""
    exact = template_of(answers[0])
    return exact if all(map(exact.matches, answers)) else None
