"""What a page is dressed and moved by: style, scripts, the data of its charts, and the policy for them."""

import base64
import hashlib
from dataclasses import dataclass
from importlib import resources

import msgspec
from markupsafe import Markup

from harness.report.charts.rendering import ChartRenderer, gzip_base64, runtime
from harness.report.html.markup import trusted
from harness.report.html.page import RenderedChart

NOTHING = Markup("")


@dataclass(frozen=True, slots=True)
class Assets:
    """What a page is dressed and moved by, as markup, and the policy that allows this and nothing else."""

    policy: str
    style: Markup
    scripts: Markup
    trail: Markup = NOTHING


def read_asset(name: str) -> str:
    """The text of a style sheet or script that comes with this package."""
    return (resources.files("harness.report.html") / "templates" / name).read_text(encoding="utf-8")


def inline_assets(drawn: tuple[RenderedChart, ...], workshop: ChartRenderer) -> Assets:
    """All of it inside the page."""
    scripts = [read_asset("report.js"), *([runtime()] if workshop.kinds else [])]
    return Assets(
        policy=security_policy(" ".join(f"'sha256-{_digest(one)}'" for one in scripts), "'unsafe-inline'"),
        style=trusted(f"<style>{read_asset('style.css')}</style>"),
        scripts=Markup("{}<script>{}</script>").format(_packed(drawn, workshop), trusted(scripts[0])),
    )


def _packed(drawn: tuple[RenderedChart, ...], workshop: ChartRenderer) -> Markup:
    """What charts are drawn by: their specs and data, and the runtime, both packed."""
    if not workshop.kinds:
        return Markup()
    pieces = (chart_data_json(drawn, workshop), runtime())
    return Markup('<script type="application/gzip" id="packed">{}</script>').format(
        " ".join(map(gzip_base64, pieces))
    )


def chart_data_json(drawn: tuple[RenderedChart, ...], workshop: ChartRenderer) -> str:
    """The specs of all charts by kind, and the data of each by name; a strip is drawn from its table."""
    rows = {one.chart.name: one.chart.data for one in drawn}
    return msgspec.json.encode({"kinds": dict(workshop.kinds), "rows": rows}).decode()


def security_policy(scripts: str, styles: str) -> str:
    """A content security policy: these scripts and styles, and no connection to anywhere."""
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
