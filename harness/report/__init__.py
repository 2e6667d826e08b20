"""A record as people and programs read it: tables, sentences, charts, pages and sites, one format a file.

What a number means is decided in analysis; here it is only put into words and pictures.
It may import analysis and every room below that; it starts no worker and knows no runner.
"""

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.records.record import Record


class Format(StrEnum):
    """The formats of `loopcmp report --format`, each a module of `formats` with `render(record)`."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    HTML = "html"
    CSV = "csv"
    JSON = "json"
    GITHUB = "github"
    BENCHER = "bencher"
    CAPABILITIES = "capabilities"


def render_short(record: "Record") -> str:
    """Return the record as Markdown that is short enough to paste into an issue."""
    rendering: Callable[[Record], str] = import_module("harness.report.formats.markdown_short").render
    return rendering(record)


def render(record: "Record", form: Format) -> str:
    """Return the record in a format, whose module is imported only now."""
    rendering: Callable[[Record], str] = import_module(f"harness.report.formats.{form}").render
    return rendering(record)
