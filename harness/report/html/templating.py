"""The templates of pages, feed and badges, and how they are filled in: all text is escaped."""

import importlib.metadata
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from harness.errors import escape_controls
from harness.report.html.assets import Assets
from harness.report.html.markup import linked, trusted


def fill_page(template: str, *, assets: Assets, **values: Any) -> str:
    """Return a page of this template, with its style, its scripts and the policy that allows these alone."""
    version = importlib.metadata.version("loopcmp")
    return fill(template, **values, assets=assets, policy=trusted(assets.policy), version=version)


def fill(template: str, **values: Any) -> str:
    """Return a template filled in; text is escaped, and its control characters are shown."""
    return _templates().get_template(template).render(values)


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("harness.report.html"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_with_visible_controls,
    )
    environment.filters.update(linked=linked, breakable=breakable)
    return environment


def _with_visible_controls(value: object) -> object:
    return escape_controls(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def breakable(name: str) -> Markup:
    """Return a name that may be broken after the signs that join its parts."""
    escaped = str(Markup.escape(escape_controls(name)))
    for sign in ("+", ":", "_"):
        escaped = escaped.replace(sign, f"{sign}<wbr>")
    return trusted(escaped)
