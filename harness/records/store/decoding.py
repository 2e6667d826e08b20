"""JSON of ours read back: whole, of this version, and nothing in it read over; or refused in a sentence."""

import json
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from harness.errors import BadInput
from harness.records.entries import VERSION
from harness.records.references import repeated
from harness.records.store.compression import read_stored
from harness.records.store.regular_files import LARGEST_RECORD
from harness.records.validation import first_problem

T = TypeVar("T")


class HasVersion(Protocol):
    """What states the version that it is of."""

    @property
    def version(self) -> int:
        """The version of a record or journal."""


class Versioned(msgspec.Struct):
    """The one field that every version has."""

    version: int


def check_version(versioned: HasVersion | None, place: str) -> None:
    """Raise BadInput for another version than this one, saying what reads it."""
    if versioned is None:
        raise BadInput(f"{place} is no record of loopcmp: it states no version")
    if versioned.version != VERSION:
        newer = "newer than" if versioned.version > VERSION else "older than"
        raise BadInput(
            f"{place} has version {versioned.version}, {newer} this loopcmp's {VERSION}: "
            "read it with the loopcmp that wrote it"
        )


def read_bytes(path: Path) -> bytes:
    """Return a record's content, unpacked.

    Raises BadInput where there is none, or no regular file of its size.
    """
    try:
        return read_stored(path, LARGEST_RECORD)
    except OSError as error:
        raise BadInput(f"{path} is no record of loopcmp: {error.strerror}") from None
    except ValueError as error:  # a name that no file can have
        raise BadInput(f"{path} is no record of loopcmp: {error}") from None


def decode(data: bytes | msgspec.Raw, shape: type[T], place: str) -> T:
    """Return JSON as a value of this shape. Raises BadInput for another shape, and for unknown keys."""
    try:
        decoded = msgspec.json.decode(data, type=shape)
        if issubclass(shape, msgspec.Struct):
            return decoded
        lost, wrong = _lost(data, decoded), first_problem(decoded)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise BadInput(f"{place} is no record of loopcmp, or it was cut short: {one_line(error)}") from None
    if lost is not None:
        raise BadInput(f"{place} holds {lost!r}, unknown to this loopcmp: read it with a newer one")
    if wrong is not None:
        raise BadInput(f"{place} is no record of loopcmp: {wrong}")
    return decoded


def check_keys(data: bytes | msgspec.Raw, place: str) -> None:
    """Raise BadInput for an object that has a key twice, of which readers take one or the other.

    What is written here has none: only what is written otherwise is looked through.
    """
    try:
        if msgspec.json.encode(msgspec.json.decode(data)) == bytes(data).strip():
            return
        json.loads(bytes(data), object_pairs_hook=_once)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise BadInput(f"{place} is no record of loopcmp, or it was cut short: {one_line(error)}") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    for twice in repeated("key", (key for key, _ in pairs)):
        raise ValueError(twice)
    return dict(pairs)


def one_line(error: Exception) -> str:
    """Return what an error says, in one line."""
    return " ".join(str(error).split())


def _lost(data: bytes | msgspec.Raw, decoded: object) -> str | None:
    """Return a key that no field has the name of: nothing that a file holds may be lost in silence."""
    raw, known = msgspec.json.decode(data), msgspec.json.decode(msgspec.json.encode(decoded))
    return None if raw == known else _first_unknown(raw, known)


def _first_unknown(raw: Any, known: Any) -> str | None:
    match raw, known:
        case dict(), dict():
            unknown = [key for key in raw if key not in known]
            parts = ((raw[key], known[key]) for key in raw if key in known)
        case list(), list():
            unknown, parts = [], ((part, other) for part, other in zip(raw, known, strict=False))
        case _:
            return None
    deeper = (_first_unknown(*part) for part in parts)
    return next(chain(unknown, (key for key in deeper if key is not None)), None)
