"""Values in words: type for type, and without what differs from run to run without meaning."""

import asyncio
import errno
import json
import re
import traceback
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from enum import IntEnum
from typing import Any, NamedTuple

import anyio
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.backends.registry import DEFAULT_BACKENDS, find_backend
from harness.backends.runtime import open_backend
from harness.protocol.descriptions import Description
from harness.scenario import any_order, cancelled
from harness.worker.describing import DEEPEST_NESTING, LARGEST_DESCRIPTION, Describer, comparable_text
from harness.worker.refusals import Undescribable

describe = Describer().describe

properly = settings(deadline=None, max_examples=100)


@dataclass(frozen=True)
class Point:
    x: object
    y: object = 0


@dataclass(frozen=True)
class Place:
    x: object
    y: object = 0


@dataclass
class Changeable:
    x: int


class Pair(NamedTuple):
    x: int


class Color(IntEnum):
    RED = 1


class Name(str):
    __slots__ = ()


class OddError(Exception):
    """A user's own."""


# Few leaves, so that two drawn values are often nearly alike.
NEARLY_ALIKE = st.sampled_from([None, True, False, 0, 1, 0.0, -0.0, 1.0, "", "1", "1.0", "True", b"", b"1"])
ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary()


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values of every type that is described, as containers over these leaves."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.lists(inner, max_size=3).map(tuple),
            st.dictionaries(st.sampled_from([1, 1.5, "1", b"1"]), inner, max_size=3),
            st.builds(Point, inner, inner),
            st.builds(Place, inner, inner),
            st.lists(inner, max_size=2).map(lambda args: ValueError(*args)),
            st.lists(inner, max_size=2).map(lambda args: OddError(*args)),
        ),
        max_leaves=8,
    )


def typed(value: Any) -> Any:
    """The value again, so that == compares the types too (and nan with itself, and -0.0 with 0.0)."""
    kind = type(value)
    match value:
        case float():
            return kind, value.hex()
        case list() | tuple():
            return kind, tuple(map(typed, value))
        case dict():
            return kind, tuple((typed(key), typed(item)) for key, item in value.items())
        case Point() | Place():
            return kind, typed(value.x), typed(value.y)
        case BaseException():
            return kind, tuple(map(typed, value.args))
    return kind, value


@properly
@given(nested(NEARLY_ALIKE), nested(NEARLY_ALIKE))
def test_two_values_are_described_alike_exactly_if_they_are_equal_type_for_type(one: Any, other: Any) -> None:
    assert (describe(one) == describe(other)) == (typed(one) == typed(other))


@properly
@given(nested(ANYTHING))
def test_a_copy_is_described_like_the_original(value: Any) -> None:
    assert describe(deepcopy(value)) == describe(value)


@properly
@given(nested(ANYTHING))
def test_a_description_arrives_in_the_parent_as_it_was_sent(value: Any) -> None:
    sent = describe(value)
    assert msgspec.json.decode(json.dumps(asdict(sent)), type=Description) == sent


@properly
@given(st.recursive(ANYTHING, lambda inner: st.lists(inner, max_size=3) | st.tuples(inner), max_leaves=8))
def test_a_description_is_written_as_in_python(value: Any) -> None:
    assert str(describe(value)) == repr(value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"a": 1, 2: [3]}, "{'a': 1, 2: [3]}"),
        (ValueError("Oops", 1), "ValueError('Oops', 1)"),
        (KeyboardInterrupt(), "KeyboardInterrupt()"),
        (ExceptionGroup("two", [ValueError(1)]), "ExceptionGroup(ValueError(1))"),
        (OSError(errno.ECONNRESET, "reset by peer"), "ConnectionResetError(ECONNRESET)"),
        (Point(1, "2"), f"{__name__}.Point(x=1, y='2')"),
        (cancelled, "Cancelled()"),
        (any_order([1, 2]), "any_order([1, 2])"),
    ],
)
def test_a_description_can_be_read(value: object, written: str) -> None:
    assert str(describe(value)) == written


def test_one_is_one_of_five_things() -> None:
    assert len({describe(one) for one in (True, 1, 1.0, "1", b"1")}) == 5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TypeError("takes 1 argument"), TypeError("takes 1 positional argument", 2)),
        (OSError(errno.ENOENT, "No such file", "a"), OSError(errno.ENOENT, "missing", "b")),
        (ExceptionGroup("unhandled errors", [OddError()]), ExceptionGroup("in a nursery", [OddError()])),
        (ValueError(f"{object()!r} failed"), ValueError(f"{object()!r} failed")),
        (ValueError(object()), ValueError(object())),
    ],
    ids=["wording of a TypeError", "text of an OSError", "a group's message", "addresses", "objects"],
)
def test_what_differs_without_meaning_is_left_out(one: Exception, other: Exception) -> None:
    assert describe(one) == describe(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ValueError("a"), ValueError("b")),
        (ValueError("a"), KeyError("a")),
        (ValueError(), ValueError(None)),
        (ValueError(object()), ValueError([])),
        (TypeError(), ValueError()),
        (OSError(errno.ENOENT, "x"), OSError(errno.EEXIST, "x")),
        (OSError("a"), OSError("b")),
        (OddError(1), ValueError(1)),
        (ValueError(ValueError()), ValueError(KeyError())),
        (ExceptionGroup("", [ValueError()]), ExceptionGroup("", [ValueError(), ValueError()])),
        (ExceptionGroup("", [ValueError()]), BaseExceptionGroup("", [KeyboardInterrupt()])),
        (ExceptionGroup("", [ValueError()]), ExceptionGroup("", [ExceptionGroup("", [ValueError()])])),
        (ExceptionGroup("", [ValueError()]), ValueError()),
        (Point(1, 2), Place(1, 2)),
        (Point(1, 2), Point(2, 1)),
        ((1,), [1]),
        ({"a": 1}, [("a", 1)]),
        ("…", "..."),
    ],
    ids=lambda value: re.sub(r" at 0x\w+", "", str(value)),  # equal in every process that collects the tests
)
def test_what_differs_in_meaning_is_described_differently(one: object, other: object) -> None:
    assert describe(one) != describe(other)


ERRORS = st.sampled_from([ValueError(1), ValueError(2), OddError(), KeyError("k")]) | st.lists(
    st.sampled_from([ValueError(1), OddError()]), min_size=1, max_size=2
).map(lambda errors: ExceptionGroup("inner", errors))


@properly
@given(
    st.lists(ERRORS, min_size=1, max_size=5).flatmap(lambda errors: st.tuples(*[st.permutations(errors)] * 2))
)
def test_the_order_inside_a_group_is_nobodys_promise(orders: tuple[list[Exception], list[Exception]]) -> None:
    one, other = (ExceptionGroup("", order) for order in orders)
    assert describe(one) == describe(other)


@pytest.mark.parametrize("backend", sorted({*DEFAULT_BACKENDS, "asyncio+taskgroup", "trio+anyio"}))
def test_a_cancelled_error_is_described_alike_on_every_library(backend: str) -> None:
    running = open_backend(find_backend(backend))

    async def probe() -> BaseException | None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            try:
                await anyio.sleep_forever()
            except anyio.get_cancelled_exc_class() as error:
                caught.append(error)
                raise
        return caught[0]

    caught: list[BaseException] = []
    error = anyio.run(probe, backend=running.anyio_backend, backend_options=running.options)
    assert Describer(running.cancelled).describe(error) == describe(cancelled)


def test_a_cancelled_error_of_another_library_is_an_error_like_any_other() -> None:
    running = open_backend(find_backend("trio"))
    assert Describer(running.cancelled).describe(asyncio.CancelledError()) != describe(cancelled)


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ({1}, r"a set has no order to compare: return sorted\(...\)"),
        (frozenset({1}), r"a frozenset has no order to compare"),
        (Changeable(1), r"Changeable can change while it is compared: make it @dataclass\(frozen=True\)"),
        (Pair(1), "Pair cannot be compared type for type: return None, bool"),
        (Color.RED, "Color cannot be compared type for type"),
        (Name("x"), "Name cannot be compared type for type"),
        (bytearray(b"x"), "a bytearray cannot be compared"),
        (1j, "a complex cannot be compared"),
        (object(), "a object cannot be compared"),
        (int, "a type cannot be compared"),
        (Point, "a type cannot be compared"),
        (print, "a builtin_function_or_method cannot be compared"),
    ],
    ids=lambda part: None if isinstance(part, str) else type(part).__name__,
)
def test_what_cannot_be_compared_is_refused_with_what_to_write(value: object, advice: str) -> None:
    for wrapped in (value, [1, value], {"k": value}, Point(value)):
        with pytest.raises(Undescribable, match=advice):
            describe(wrapped)


def test_a_value_of_64_kib_is_described_in_full_and_a_larger_one_is_not() -> None:
    small, large = describe("x" * (LARGEST_DESCRIPTION - 2)), describe("x" * (LARGEST_DESCRIPTION - 1))
    assert (small.digest, large.digest is None) == (None, False)
    assert large.text == f"{LARGEST_DESCRIPTION + 1} characters"


@pytest.mark.parametrize(
    "value",
    [
        list(range(6_000)),
        "x" * LARGEST_DESCRIPTION,
        b"x" * LARGEST_DESCRIPTION,
        {n: n for n in range(2_500)},
        ValueError("x" * LARGEST_DESCRIPTION),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_large_value_keeps_its_type_and_its_size_in_a_few_bytes(value: object) -> None:
    described = describe(value)
    assert described.type == type(value).__name__
    assert len(json.dumps(asdict(described))) < 500
    assert described == describe(deepcopy(value))


@pytest.mark.parametrize(
    "other",
    [
        [*range(5_999), 0],
        [*range(5_999), 5_999.0],
        list(range(6_001)),
        tuple(range(6_000)),
    ],
    ids=["an element", "an element's type", "the length", "the type"],
)
def test_large_values_that_differ_are_described_differently(other: object) -> None:
    one, two = describe(list(range(6_000))), describe(other)
    assert one != two
    assert one.digest is not None
    assert two.digest is not None
    assert one.digest[0] != two.digest[0] or one.type != two.type


def test_a_large_value_has_one_digest_in_order_and_one_in_any_order() -> None:
    forward, backward = describe(list(range(6_000))), describe(list(range(5_999, -1, -1)))
    promised = describe(any_order(range(6_000)))
    twice = describe([*range(5_999), 0])
    digests = [described.digest for described in (forward, backward, promised, twice)]
    (f, f_sorted), (b, b_sorted), (p, p_sorted), (_, t_sorted) = (digest for digest in digests if digest)
    assert f == p != b
    assert f_sorted == b_sorted == p_sorted != t_sorted


def deep(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


def test_nesting_is_described_down_to_a_depth_and_named_below() -> None:
    assert describe(deep(DEEPEST_NESTING - 1)) != describe(deep(DEEPEST_NESTING))
    assert describe(deep(DEEPEST_NESTING + 1)) == describe(deep(DEEPEST_NESTING + 2))
    assert f"deeper than {DEEPEST_NESTING} levels" in str(describe(deep(DEEPEST_NESTING + 1)))


def test_a_value_that_holds_itself_is_described_all_the_same() -> None:
    endless: list[Any] = [1]
    endless.append(endless)
    assert describe(endless) == describe(endless)


def test_an_argument_that_nobody_can_compare_is_named_by_its_type() -> None:
    assert str(describe(ValueError({1}, 2))) == "ValueError(<set>, 2)"


def test_any_order_is_a_list_that_says_so() -> None:
    assert replace(describe(any_order([1, 2])), any_order=False) == describe([1, 2])


def test_addresses_are_left_out_of_lines_and_values() -> None:
    assert comparable_text(f"one {object()!r}\ntwo 0xab\n") == "one <object object at 0x…>\ntwo 0xab\n"
    assert describe(repr(object())) == describe(repr(object()))


@dataclass(frozen=True)
class Holds:
    inner: list[int] = field(default_factory=list)


def test_a_frozen_dataclass_is_described_field_by_field() -> None:
    assert describe(Holds([1])) == describe(Holds([1]))
    assert describe(Holds([1])) != describe(Holds([True]))


def test_a_number_of_any_length_is_described() -> None:
    assert describe(10**5000) != describe(10**5001)


def test_any_order_inside_a_value_too_long_to_be_kept_is_refused() -> None:
    with pytest.raises(Undescribable, match="any_order, at_most or one_of inside a value over 64 KiB"):
        describe([any_order(["x" * LARGEST_DESCRIPTION])])


def test_a_number_in_hexadecimal_digits_is_no_address() -> None:
    assert describe("0x12345") != describe("0x54321")


def test_the_address_at_the_end_of_a_transports_repr_is_left_out_too() -> None:
    words = "unable to perform operation on <TCPTransport closed=True reading=False 0x560f4f29e000>; closed"
    assert "reading=False 0x…>; closed" in comparable_text(words)
    assert comparable_text("0x560f4f29e000 and <0x12>") == "0x560f4f29e000 and <0x12>"


def test_the_identity_of_a_cancel_scope_is_an_address() -> None:
    assert comparable_text("Cancelled via cancel scope 7f9cfe521db0") == "Cancelled via cancel scope 0x…"


def test_a_file_of_a_library_is_named_from_its_package_on_wherever_it_is_installed() -> None:
    assert comparable_text('File "/home/me/.venv/lib/python3.13/site-packages/anyio/x.py", line 1') == (
        'File "anyio/x.py", line 1'
    )
    assert comparable_text(repr(asyncio.__file__)) == "'asyncio/__init__.py'"
    assert (
        comparable_text("/home/me/lib/mine.py and a/site-packages")
        == "/home/me/lib/mine.py and a/site-packages"
    )


def test_a_traceback_in_a_message_is_not_compared_and_all_else_in_it_is() -> None:
    def failed(words: str) -> ValueError:
        try:
            raise KeyError(object())
        except KeyError:
            return ValueError(f"{words}: {traceback.format_exc()}")

    assert describe(failed("the start failed")) == describe(failed("the start failed"))
    assert describe(failed("the start failed")) != describe(failed("the end failed"))
    assert "File" not in str(describe(failed("the start failed")))
