"""Real records with one value changed, and what no report of them may hold."""

import copy
import json
import random
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

HOSTILE_TEXTS = (
    "",
    "a\x1b[31mred\x1b[2J\x07",
    "\x9b31m\x85\x90",
    "\u202eabc\u2066\u2028\u200b\ufeff",
    "\x00\x01\x7f",
    "line\nnew\r\n```\n# head\n```sh\nrm -rf ~\n```",
    "~~~\n</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1)) ![x](http://example.org/x.png)",
    "[bold red]x[/] [/] [link=http://example.org]y[/link]",
    "=cmd|' /C calc'!A0",
    " =1+1",
    "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\uff1d1",
    "{{ 7*7 }}{% raw %}",
    "http://example.org/\u202e<b>",
    "../../etc/passwd", "/", ".", "..", "a/b", "A" * 5000,
    "%E0%A4%A", "%s%s%n", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "|a|b|", "`x`", "``` x", "a" * 300 + "`",
    "<!--", "]]>", "&lt;", "\\",
)  # fmt: skip

HOSTILE_NUMBERS = (0, -1, 1, 2, 1e308, -1e308, 1e-308, 5e-324, 2**63, 2**64, -(2**63), 1.5, 1e18, 10**30)

HOSTILE_VALUES: tuple[Any, ...] = (
    None, True, False, [], {}, [[]], "x", *HOSTILE_TEXTS, *HOSTILE_NUMBERS,
)  # fmt: skip


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value, containers among them."""
    if path:
        yield path
    parts = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    for key, part in parts:
        yield from places(part, (*path, key))


class Mutations:
    """A JSON document of which one thing is changed at a time; kinds of places are drawn alike."""

    def __init__(self, document: Any) -> None:
        self._text = json.dumps(document)
        self._places: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for path in places(document):
            self._places.setdefault(tuple(part for part in path if isinstance(part, str)), []).append(path)
        self._kinds = sorted(self._places)

    def draw(self, source: random.Random) -> tuple[Any, str]:
        """A document with one thing changed, and in words what."""
        path = source.choice(self._places[source.choice(self._kinds)])
        changed = json.loads(self._text)
        parent = changed
        for part in path[:-1]:
            parent = parent[part]
        before = parent[path[-1]]
        what = source.choice(("alike", "alike", "alike", "any", "remove", "double"))
        if what == "remove":
            del parent[path[-1]]
            return changed, f"{path} removed"
        if what == "double" and isinstance(parent, list):
            parent.append(copy.deepcopy(before))
            return changed, f"{path} doubled"
        parent[path[-1]] = _value(before, what, source)
        return changed, f"{path}: {str(before)[:60]!r} → {str(parent[path[-1]])[:60]!r}"


def _value(before: Any, what: str, draw: random.Random) -> Any:
    if what == "any":
        return draw.choice(HOSTILE_VALUES)
    if isinstance(before, str):
        text = draw.choice(HOSTILE_TEXTS)
        return draw.choice((text, before + text, text + before))
    if isinstance(before, (int, float)) and not isinstance(before, bool):
        number = draw.choice(HOSTILE_NUMBERS)
        return draw.choice((number, -before, before * 2, before * 1e6, before / 1e6))
    return draw.choice(HOSTILE_VALUES)


RAW = {"Cc", "Cf", "Zl", "Zp", "Cs"}
"""The categories of characters that a terminal, an editor or a browser may obey."""


def raw_controls(text: str, allowed: str = "\n") -> set[str]:
    """The control, invisible and direction-changing characters in a text."""
    return {c for c in set(text) if c not in allowed and unicodedata.category(c) in RAW}


_OURS = re.compile(r"report\.html(#.*)?|charts/.*|[^/:]+/report\.md|https://github\.com/[\w./-]+")
"""The addresses that reports of ours link to."""


def live_markup(text: str, form: str) -> list[str]:
    """What a browser would do for a stranger in a text of this format: their elements, and their links."""
    if form == "markdown":
        return [*_live_tokens(MarkdownIt("commonmark").enable("table").parse(text))]
    if form == "html":
        return re.findall(r"<script>alert|<img src=x|<a href=.javascript:", text)
    return []


def _live_tokens(tokens: Iterable[Token]) -> Iterator[str]:
    """What a reader of Markdown makes of a stranger's text: elements, images and links that are not ours."""
    for token in tokens:
        if token.type in {"html_inline", "html_block"}:
            yield token.content
        elif token.type in {"link_open", "image"}:
            address = str(token.attrs.get("href") or token.attrs.get("src"))
            if not _OURS.fullmatch(address):
                yield address
        yield from _live_tokens(token.children or ())
