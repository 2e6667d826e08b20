"""A page as a reader finds it: its elements, their attributes and text, without a browser."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "wbr", "img", "input", "hr"}
SILENT = {"script", "style", "svg"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parts: list["Element | str"] = field(default_factory=list)

    def __iter__(self) -> Iterator["Element"]:
        yield self
        for one in self.parts:
            if isinstance(one, Element):
                yield from one

    @property
    def text(self) -> str:
        """What stands in it, in one line."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for one in self.parts:
            if isinstance(one, str):
                yield one
            elif one.tag not in SILENT:
                yield from one._texts()
                yield " " if one.tag in {"td", "th", "p", "li", "dt", "dd", "h1", "h2", "h3", "div"} else ""

    def all(self, tag: str = "", **attributes: str) -> list["Element"]:
        """The elements with this tag and these attributes; `kind` is a class."""
        return [
            one
            for one in self
            if tag in ("", one.tag)
            and all(
                value in one.attributes.get("class", "").split()
                if name == "kind"
                else one.attributes.get(name) == value
                for name, value in attributes.items()
            )
        ]

    def named(self, name: str) -> "Element":
        return next(one for one in self if one.attributes.get("id") == name)

    @property
    def raw(self) -> str:
        return "".join(one for one in self.parts if isinstance(one, str))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.stack = [Element("document", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.stack[-1].parts.append(element)
        if tag not in VOID:
            self.stack.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.stack[-1].parts.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.stack[-1].tag == tag, f"</{tag}> closes <{self.stack[-1].tag}>"
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        self.stack[-1].parts.append(data)


def read(page: str) -> Element:
    """A page's elements; fails where one is not closed."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert len(reader.stack) == 1, f"<{reader.stack[-1].tag}> is not closed"
    return reader.stack[0]
