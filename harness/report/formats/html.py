"""A record as one page that needs nothing else: no request leaves it, and it opens from a file."""

import importlib.metadata
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from harness.errors import escape_controls
from harness.records.record import Record
from harness.report.charts.rendering import ChartRenderer, image_budget
from harness.report.html.assets import Assets, inline_assets
from harness.report.html.markup import linked, trusted
from harness.report.html.page import page_of


def render(record: Record) -> str:
    """The whole page, with its style, its data and the runtime of its charts inside."""
    workshop = ChartRenderer(image_budget(len(record.results)))  # a strip for every row
    page = page_of(record, workshop)
    return fill("report.html.j2", page=page, assets=inline_assets(page.charts, workshop))


def fill(template: str, *, assets: Assets, **values: Any) -> str:
    """A template filled in; text is escaped, and its control characters are shown."""
    version = importlib.metadata.version("loopcmp")
    return _templates().get_template(template).render(
        values, assets=assets, policy=trusted(assets.policy), version=version
    )  # fmt: skip


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("harness.report.html"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters.update(linked=linked, breakable=breakable)
    return environment


def _shown(value: object) -> object:
    return escape_controls(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def breakable(name: str) -> Markup:
    """A name that may be broken after the signs that join its parts."""
    escaped = str(Markup.escape(escape_controls(name)))
    for sign in ("+", ":", "_"):
        escaped = escaped.replace(sign, f"{sign}<wbr>")
    return trusted(escaped)
