"""What a scenario prints is kept up to a bound, and beyond it told apart by a digest."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.worker.captured_output import CapturedOutput
from harness.worker.describing import LARGEST_DESCRIPTION


def printed(*pieces: str) -> tuple[str, ...]:
    """The lines of these pieces, each flushed by itself."""
    raw = CapturedOutput()
    stream = io.TextIOWrapper(raw, encoding="utf-8")
    for piece in pieces:
        stream.write(piece)
        stream.flush()
    return raw.printed_lines()


@given(st.lists(st.text(st.sampled_from("ab\n\r\x0b\u2028é")), max_size=8))
def test_in_however_many_pieces_it_comes_the_lines_are_the_same(pieces: list[str]) -> None:
    assert printed(*pieces) == tuple("".join(pieces).splitlines())


def test_of_a_flood_the_first_64_kib_and_a_digest_of_the_rest_are_kept() -> None:
    line = "x" * 1023 + "\n"
    lines = printed(*[line] * 100)
    assert lines[:64] == ("x" * 1023,) * 64
    assert len(lines) == 65
    assert lines[64].startswith("… and 36 more lines, sha256 ")
    assert lines == printed(line * 100)


@pytest.mark.parametrize("other", ["y\n", "x\n\n", "\n", "x\nx\n"])
def test_floods_that_differ_only_at_their_end_differ(other: str) -> None:
    flood = "z" * 999 + "\n"
    assert printed(*[flood] * 100, "x\n") != printed(*[flood] * 100, other)


def test_a_line_that_never_ends_is_bounded_too() -> None:
    first, second = (printed(*["x" * 1000] * 1000, last) for last in "ab")
    assert len("".join(first)) < LARGEST_DESCRIPTION
    assert first != second


def test_addresses_make_no_difference_beyond_the_bound() -> None:
    one, two = (
        printed("x" * LARGEST_DESCRIPTION + "\n", f"<object at 0x7f{digit}0a1b2c>\n") for digit in "34"
    )
    assert one == two


def test_bytes_that_are_no_text_are_replaced() -> None:
    raw = CapturedOutput()
    raw.write(b"a\xffb\n")
    assert raw.printed_lines() == ("a\N{REPLACEMENT CHARACTER}b",)
