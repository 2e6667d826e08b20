"""The style and the scripts of a page, the data of its charts, and the policy that allows these alone."""

import base64
import hashlib
from dataclasses import dataclass
from importlib import resources

import msgspec
from markupsafe import Markup

from harness.report.charts.rendering import ChartRenderer, gzip_base64, runtime
from harness.report.html.markup import trusted
from harness.report.html.sections import RenderedChart


@dataclass(frozen=True, slots=True)
class Assets:
    """The style and the scripts of a page as markup, and the policy that allows these and nothing else.

    `trail` holds the links to the pages above; a page that stands alone has none.
    """

    policy: str
    style: Markup
    scripts: Markup
    trail: Markup


def read_asset(name: str) -> str:
    """Return the text of a style sheet or script that comes with this package."""
    return (resources.files("harness.report.html") / "templates" / name).read_text(encoding="utf-8")


def inline_assets(charts: tuple[RenderedChart, ...], renderer: ChartRenderer) -> Assets:
    """Return the assets of a page that holds all of them inside."""
    script = read_asset("report.js")
    digests = map(_digest, [script, *([runtime()] if renderer.kinds else [])])
    return Assets(
        policy=security_policy(" ".join(f"'sha256-{digest}'" for digest in digests), "'unsafe-inline'"),
        style=trusted(f"<style>{read_asset('style.css')}</style>"),
        scripts=Markup("{}<script>{}</script>").format(_packed(charts, renderer), trusted(script)),
        trail=Markup(),
    )


def _packed(charts: tuple[RenderedChart, ...], renderer: ChartRenderer) -> Markup:
    """Return what a browser draws charts by: their specs and data, and the runtime, both packed."""
    if not renderer.kinds:
        return Markup()
    pieces = (chart_data_json(charts, renderer), runtime())
    return Markup('<script type="application/gzip" id="packed">{}</script>').format(
        " ".join(map(gzip_base64, pieces))
    )


def chart_data_json(charts: tuple[RenderedChart, ...], renderer: ChartRenderer) -> str:
    """Return the specs of all charts by kind, the data of each by name; a strip is drawn from its table."""
    data = {rendered.chart.name: rendered.chart.data for rendered in charts}
    return msgspec.json.encode({"kinds": dict(renderer.kinds), "rows": data}).decode()


def security_policy(scripts: str, styles: str) -> str:
    """Return a content security policy: these scripts and styles, and no connection to anywhere."""
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
