"""Values put into words that compare type for type between processes, loops and libraries.

What differs without meaning is left out: the arguments of cancellations and TypeErrors, the
text of OSErrors (the errno stays), the message of groups and the order inside them, addresses, the
folders that libraries lie in, and a traceback that an exception's message quotes.
"""

import errno
import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace

from harness.protocol.bounds import AtMost, OneOf
from harness.protocol.descriptions import AT_MOST, CANCELLED, ONE_OF, Description
from harness.protocol.portable_text import without_folders
from harness.scenario import AnyOrder, cancelled
from harness.worker.refusals import Undescribable

DEEPEST_NESTING = 50
"""Levels of nesting that are described; what lies deeper is named as such."""

LARGEST_DESCRIPTION = 64 * 1024
"""Bytes of description above which the parts are replaced by a digest."""

_ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]{4,}\b|\b0x[0-9a-fA-F]{6,}(?=>)")
"""An address as a repr writes it, uvloop's own at its end; "0x12345" stays."""

_SCOPE = re.compile(r"(?<=via cancel scope )[0-9a-f]{6,}\b")
"""The identity of a cancel scope in the words that AnyIO gives a cancellation."""

_TRACEBACK = "Traceback (most recent call last)"
"""The words with which Python begins a traceback, in a message that quotes one."""
_LEAVES = (bool, int, float, str, bytes)


class Describer:
    """Describes values on one backend, whose own cancellation exceptions are `cancellations`."""

    def __init__(self, cancellations: tuple[type[BaseException], ...] = ()) -> None:
        self._cancellations = cancellations

    def describe(self, value: object) -> Description:
        """The description of a value. Raises Undescribable for a type that is not compared."""
        if isinstance(value, (str, bytes)) and type(value) in _LEAVES and len(value) > LARGEST_DESCRIPTION:
            return _large(value)
        return _bounded(self._describe(value, 0))

    def _describe(self, value: object, depth: int) -> Description:
        if depth > DEEPEST_NESTING:
            return Description("…", text=f"… (deeper than {DEEPEST_NESTING} levels)")
        if value is None or type(value) in _LEAVES:
            return Description(type(value).__name__, text=comparable_text(_literal(value)))
        if value is cancelled:
            return Description(CANCELLED)
        if isinstance(value, (AnyOrder, AtMost, OneOf)):
            return self._open_promise(value, depth)
        if isinstance(value, BaseException):
            return self._exception(value, depth)
        return self._container(value, depth)

    def _open_promise(self, value: AnyOrder | AtMost | OneOf, depth: int) -> Description:
        """Describe a promise that more than one value keeps."""
        match value:
            case AnyOrder(values):
                return Description("list", parts=self._all(values, depth), any_order=True)
            case AtMost(greatest):
                return Description(AT_MOST, parts=self._all([greatest], depth))
            case OneOf(values):
                return Description(ONE_OF, parts=self._all(values, depth))

    def _container(self, value: object, depth: int) -> Description:
        kind = type(value)
        if isinstance(value, (list, tuple)) and kind in (list, tuple):
            return Description(kind.__name__, parts=self._all(value, depth))
        if isinstance(value, dict) and kind is dict:
            pairs = (Description("pair", parts=self._all(pair, depth)) for pair in value.items())
            return Description("dict", parts=tuple(pairs))
        if is_dataclass(value) and not isinstance(value, type) and _frozen(kind):
            parts = tuple(
                Description("field", field.name, self._all([getattr(value, field.name)], depth))
                for field in fields(value)
            )
            return Description(_type_name(kind), parts=parts)
        raise Undescribable(_advice(value))

    def _all(self, values: Iterable[object], depth: int) -> tuple[Description, ...]:
        return tuple(self._describe(value, depth + 1) for value in values)

    def _exception(self, error: BaseException, depth: int) -> Description:
        if isinstance(error, self._cancellations):
            return Description(CANCELLED)
        name = _type_name(type(error))
        try:
            return self._exception_parts(error, name, depth)
        except MemoryError:
            raise
        except Exception as failure:  # noqa: BLE001 - an exception's own attributes may do anything
            return Description(name, text=f"<{name}: its arguments raise {_type_name(type(failure))}>")

    def _exception_parts(self, error: BaseException, name: str, depth: int) -> Description:
        if isinstance(error, BaseExceptionGroup):
            return Description(name, parts=_sorted(self._all(error.exceptions, depth)))
        if isinstance(error, TypeError):
            return Description(name)
        if isinstance(error, OSError) and error.errno is not None:
            code = errno.errorcode.get(error.errno, str(error.errno))
            return Description(name, parts=(Description("errno", text=code),))
        return Description(name, parts=tuple(self._argument(arg, depth) for arg in error.args))

    def _argument(self, argument: object, depth: int) -> Description:
        """An exception's argument; one that cannot be compared is named by its type.

        A message that quotes a traceback ends with its first words: the frames in it are those of a
        loop's own code, and the error that was raised there is shown as evidence.
        """
        if type(argument) is str and _TRACEBACK in argument:
            argument = argument.partition(_TRACEBACK)[0] + _TRACEBACK + " …"
        try:
            return self._describe(argument, depth + 1)
        except Undescribable:
            return Description(_type_name(type(argument)), text=f"<{_type_name(type(argument))}>")


def _large(value: str | bytes) -> Description:
    """A leaf that would not fit, digested as it is: as Python writes it, it is up to four times as long."""
    from harness.worker.digests import sha256_of

    encoded = comparable_text(value).encode(errors="surrogatepass") if isinstance(value, str) else value
    digest = sha256_of([encoded])
    size = f"{len(value)} {'characters' if isinstance(value, str) else 'bytes'}"
    return Description(type(value).__name__, text=size, digest=(digest, digest))


def _bounded(description: Description) -> Description:
    """The description itself, or, if it is too large, its type, size and digests."""
    parts = [_canonical(part) for part in description.parts]
    if sum(map(len, parts)) + len(description.text) <= LARGEST_DESCRIPTION:
        return description
    size = f"{len(parts)} parts" if parts else f"{len(description.text)} characters"
    if any(map(_unordered, description.parts)):
        raise Undescribable(
            "any_order, at_most or one_of inside a value over 64 KiB cannot be compared: promise less"
        )
    from harness.worker.digests import sha256_of

    parts = parts or [description.text.encode()]
    digest = (sha256_of(parts), sha256_of(sorted(parts)))
    return replace(description, text=size, parts=(), digest=digest)


def _unordered(description: Description) -> bool:
    is_open = description.any_order or description.type in (AT_MOST, ONE_OF)
    return is_open or any(map(_unordered, description.parts))


def _canonical(description: Description) -> bytes:
    inner = b",".join(_canonical(part) for part in description.parts)
    head = f"{description.type} {description.text} {description.any_order}"
    return head.encode(errors="surrogatepass") + b"(" + inner + b")"


def _sorted(parts: tuple[Description, ...]) -> tuple[Description, ...]:
    return tuple(sorted(parts, key=_canonical))


def _literal(value: object) -> str:
    """A leaf as Python writes it; a number too long for decimal digits, in hexadecimal ones."""
    try:
        return repr(value)
    except ValueError:  # sys.get_int_max_str_digits
        return f"hexadecimal {value:x}"


def comparable_text(text: str) -> str:
    """Text without what differs between runs and machines: addresses, and the folders of libraries."""
    return without_folders(_SCOPE.sub("0x…", _ADDRESS.sub("0x…", text)))


def _frozen(kind: type) -> bool:
    parameters = getattr(kind, "__dataclass_params__", None)
    return bool(getattr(parameters, "frozen", False))


def _type_name(kind: type) -> str:
    module = kind.__module__
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"


def _advice(value: object) -> str:
    name = _type_name(type(value))
    if isinstance(value, (set, frozenset)):
        return f"a {name} has no order to compare: return sorted(...) of it"
    if is_dataclass(value) and not isinstance(value, type):
        return f"a {name} can change while it is compared: make it @dataclass(frozen=True)"
    return (
        f"a {name} cannot be compared type for type: return None, bool, int, float, str, bytes, "
        "list, tuple, dict, a frozen dataclass or an exception"
    )
