"""Text becomes Markdown here, and nowhere else: what others chose is shown as it is, and does nothing."""

from collections.abc import Iterable, Iterator
from itertools import takewhile
from urllib.parse import quote

from harness.errors import escape_controls

_ESCAPED = str.maketrans(
    {
        "\\": "\\\\",
        "&": "&amp;",
        "~": "\\~",
        "|": "\\|",
        "<": "&lt;",
        ">": "&gt;",
        "\n": " ",
        "*": "\\*",
        "_": "\\_",
        "`": "\\`",
        "[": "\\[",
    }
)


def inline(text: str) -> str:
    """Text that Markdown and HTML show as it is."""
    return escape_controls(text).translate(_ESCAPED)


def paragraph(text: str) -> str:
    """Text that stands on a line of its own, and begins no heading, list or rule."""
    shown = inline(text)
    return f"\\{shown}" if shown.startswith(("#", "+", "-", "=")) else shown


def link(text: str, *path: str) -> str:
    """Text that leads to a file beside this one, whose path has these parts."""
    return f"[{_bracketed(text)}]({'/'.join(quote(part, safe='') for part in path)})"


def image(alternative: str, file: str) -> str:
    """Return an image that is in a file beside this one, and what is said in its place."""
    return f"![{_bracketed(alternative)}]({quote(file)})"


def _bracketed(text: str) -> str:
    return inline(text).replace("]", "\\]")


def code_block(language: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a block of code, whose fence is longer than any run of backticks in it."""
    shown = [escape_controls(line).replace("\n", " ") for line in lines]
    longest = max((_leading_backticks(line) for line in shown), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}{language}", *shown, fence)


def _leading_backticks(line: str) -> int:
    return sum(1 for _ in takewhile(lambda c: c == "`", line.lstrip()))
