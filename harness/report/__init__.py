"""A record as people and programs read it: tables, sentences, charts, pages and sites, one format a file.

What a number means is decided in analysis; here it is only put into words and pictures.
It may import analysis and every room below that; it starts no worker and knows no runner.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.records.record import Record

FORMATS = ("terminal", "markdown", "html", "csv", "json", "github", "bencher", "capabilities")
"""The formats of `loopcmp report --format`, each a module of this package with `render(record)`."""


def render(record: "Record", form: str) -> str:
    """The record in one of FORMATS; the module is imported only when it is asked for."""
    rendering: Callable[[Record], str] = import_module(f"harness.report.formats.{form}").render
    return rendering(record)
