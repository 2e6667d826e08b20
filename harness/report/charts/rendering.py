"""The only place that names vl-convert: Vega-Lite → Vega → SVG, and what draws it in a browser."""

import base64
import gzip
import importlib.metadata
import json
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

import platformdirs

from harness.report.charts import DATA, Chart, Spec
from harness.report.charts.cache import cached_text

_TAG = re.compile(r"<[^>]*>")
_QUIET = re.compile(
    r' (?:class|role|aria-[a-z]+|font-family|pointer-events|xmlns(?::xlink)?|version)="[^"]*"'
    r'| (?:opacity|stroke-width|fill-opacity)="1"'
)
_NOTHING = re.compile(r'<path[^>]* (?:d=""|d="M0,0h0v0h0Z")[^>]*/>|<g[^>]*></g>')
_COLOR = re.compile(r"var\((--[a-z0-9-]+), ([^)]*)\)")
_LONG_NUMBER = re.compile(r"(\d+\.\d)\d+")
_PATH = re.compile(r'(?<= d=")[^"]+|(?<=transform=")[^"]+|(?<= [xy]2=")[^"]+')


IMAGE_BUDGET = 400_000
"""Bytes that images may take in one page; beyond it charts are drawn when they are seen."""

MOST_DATA = 3_000
"""Data of one chart beyond which it, too, is drawn only when it is seen: its image takes seconds."""

MOST_IMAGES = 100
"""Charts of one report beyond which none has an image: each takes a tenth of a second."""


class ChartRenderer:
    """Turns the charts of one report into Vega and SVG; charts of one kind are compiled once.

    `dress` makes an image fit to stand where it will.
    """

    def __init__(self, room: int = IMAGE_BUDGET, dress: Callable[[str], str] | None = None) -> None:
        self._compiled: dict[str, Spec] = {}
        self._room = room
        self._dress = dress or inline_svg

    @property
    def kinds(self) -> Mapping[str, Spec]:
        """What was compiled so far, by kind, without data."""
        return self._compiled

    def compiled(self, chart: Chart) -> Spec:
        """The Vega of a chart, without its data."""
        if chart.kind not in self._compiled:
            self._compiled[chart.kind] = _compile(json.dumps(chart.spec))
        return self._compiled[chart.kind]

    def svg(self, chart: Chart) -> str:
        """The chart as an SVG image, coordinates to a tenth of a pixel."""
        import vl_convert

        drawn: str = vl_convert.vega_to_svg(with_data(self.compiled(chart), chart))
        return _PATH.sub(lambda path: _LONG_NUMBER.sub(r"\1", path[0]), drawn)

    def image(self, chart: Chart) -> str:
        """The chart as an image, or nothing where there is no room left."""
        if self._room <= 0 or len(chart.data) > MOST_DATA:
            self.compiled(chart)
            return ""
        drawn = self._dress(self.svg(chart))
        self._room -= len(drawn)
        return drawn


@lru_cache(maxsize=256)
def _compile(spec: str) -> Spec:
    import vl_convert

    compiled: Spec = vl_convert.vegalite_to_vega(spec)
    return compiled


def inline_svg(drawn: str) -> str:
    """An SVG image as part of a page: without the words and colors that the page itself has."""
    return _quiet(drawn, r"var(\1)")


def standalone_svg(drawn: str) -> str:
    """An SVG image as a file: in colors that every program knows, on white whatever is around it."""
    head, _, rest = _quiet(drawn, r"\2").partition(">")
    words = 'xmlns="http://www.w3.org/2000/svg" font-family="system-ui, sans-serif"'
    opened = head.replace("<svg", f"<svg {words}")
    return f'{opened}><rect width="100%" height="100%" fill="#fff"/>{rest}\n'


def _quiet(drawn: str, color: str) -> str:
    """Without what says nothing, in tags alone: text stays as it is."""
    return _NOTHING.sub("", _TAG.sub(lambda tag: _QUIET.sub("", _COLOR.sub(color, tag[0])), drawn))


def with_data(spec: Spec, chart: Chart) -> Spec:
    """The compiled chart with its data in place."""
    sources: list[dict[str, Any]] = [
        {**source, "values": list(chart.data)} if source["name"] == DATA else source
        for source in spec["data"]
    ]
    return {**spec, "data": sources}


def image_budget(count: int) -> int:
    """The bytes that the images of this many charts may take."""
    return IMAGE_BUDGET if count <= MOST_IMAGES else 0


@cache
def runtime() -> str:
    """Vega itself as one script that needs nothing else; it leaves `vegaEmbed` on the window.

    The same for every page, and more than a second to bundle: it is kept until vl-convert is another.
    """
    version = importlib.metadata.version("vl-convert-python")
    return cached_text(platformdirs.user_cache_path("loopcmp") / f"vega-{version}.js", _bundled)


def _bundled() -> str:
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle


def gzip_base64(text: str) -> str:
    """Text as base64 of gzip, which a browser unpacks."""
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()
