"""Charts as images: Vega-Lite is compiled to Vega and drawn as SVG. No other module names vl-convert."""

import base64
import gzip
import importlib.metadata
import json
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import platformdirs

from harness.report.charts import DATA, Chart, Spec
from harness.report.charts.cache import cached_text

_TAG = re.compile(r"<[^>]*>")
"""A tag of an image, in which attributes may be left out; text between tags stays as it is."""

_NEEDLESS_ATTRIBUTE = re.compile(
    r' (?:class|role|aria-[a-z]+|font-family|pointer-events|xmlns(?::xlink)?|version)="[^"]*"'
    r'| (?:opacity|stroke-width|fill-opacity)="1"'
)
_EMPTY_ELEMENT = re.compile(r'<path[^>]* (?:d=""|d="M0,0h0v0h0Z")[^>]*/>|<g[^>]*></g>')
_COLOR = re.compile(r"var\((--[a-z0-9-]+), ([^)]*)\)")
"""A color of the page and, as a second group, what it is where there is no page."""

_OURS = re.compile(r"var\((--[a-z0-9-]+), (#[0-9a-f]{6})\)")
"""A color of the page with a plain one in its place; nothing else of an image comes into a style."""

_DECLARED = re.compile(r"(--[a-z0-9-]+): (#[0-9a-f]{6})")
_COORDINATES = re.compile(r'(?<= d=")[^"]+|(?<=transform=")[^"]+|(?<= [xy]2=")[^"]+')
_LONG_NUMBER = re.compile(r"(\d+\.\d)\d+")

IMAGE_BUDGET = 400_000
"""The bytes that images may take in one page; beyond it charts are drawn when they are seen."""

MOST_DATA = 3_000
"""The data of one chart beyond which it, too, is drawn only when it is seen: its image takes seconds."""

MOST_IMAGES = 100
"""The charts of one report beyond which none has an image: each takes a tenth of a second."""


class ChartDrawings:
    """Charts of one record, compiled and drawn: each kind and each chart once, whichever reports show it."""

    def __init__(self) -> None:
        self._kinds: dict[str, Spec] = {}
        self._images: dict[str, str] = {}

    @property
    def kinds(self) -> Mapping[str, Spec]:
        """The Vega that was compiled so far, by kind of chart, without data."""
        return self._kinds

    def compiled(self, chart: Chart) -> Spec:
        """Return the Vega of a chart, without its data."""
        if chart.kind not in self._kinds:
            self._kinds[chart.kind] = _compile(json.dumps(chart.spec))
        return self._kinds[chart.kind]

    def svg(self, chart: Chart) -> str:
        """Return the chart as an SVG image, with coordinates to a tenth of a pixel."""
        if chart.name not in self._images:
            self._images[chart.name] = _draw(with_data(self.compiled(chart), chart))
        return self._images[chart.name]


class ChartRenderer:
    """Turns the charts of one report into images, as long as there is room for them.

    `postprocess` makes an image fit to stand where it will.
    """

    def __init__(
        self,
        budget: int = IMAGE_BUDGET,
        postprocess: Callable[[str], str] | None = None,
        drawings: ChartDrawings | None = None,
    ) -> None:
        self._drawings = drawings or ChartDrawings()
        self._budget = budget
        self._postprocess = postprocess or inline_svg

    @property
    def kinds(self) -> Mapping[str, Spec]:
        """The Vega that a page needs to draw its charts, by kind of chart, without data."""
        return self._drawings.kinds

    def image(self, chart: Chart, *, when_seen: bool = False) -> str:
        """Return the chart as an image; an empty text where it is drawn when seen, or there is no room."""
        if when_seen or self._budget <= 0 or len(chart.data) > MOST_DATA:
            self._drawings.compiled(chart)
            return ""
        image = self._postprocess(self._drawings.svg(chart))
        self._budget -= len(image)
        return image


@lru_cache(maxsize=256)
def _compile(spec: str) -> Spec:
    import vl_convert

    compiled: Spec = vl_convert.vegalite_to_vega(spec)
    return compiled


def _draw(spec: Spec) -> str:
    import vl_convert

    image: str = vl_convert.vega_to_svg(spec)
    return _COORDINATES.sub(lambda numbers: _LONG_NUMBER.sub(r"\1", numbers[0]), image)


def inline_svg(image: str) -> str:
    """Return an SVG image as part of a page: without the words and colors that the page itself has."""
    return _reduced(image, r"var(\1)")


def standalone_svg(image: str) -> str:
    """Return an SVG image as a file, in colors that every program knows; dark where that is preferred."""
    head, _, rest = _reduced(image, r"\2").partition(">")
    words = 'xmlns="http://www.w3.org/2000/svg" font-family="system-ui, sans-serif"'
    opened = head.replace("<svg", f"<svg {words}")
    paper = '<rect width="100%" height="100%" fill="#fff"/>'
    return f"{opened}>{paper}<style>{_in_the_dark(image)}</style>{rest}\n"


def _in_the_dark(image: str) -> str:
    """Return the style that gives an image its dark colors where the reader prefers these."""
    dark = _dark_colors()
    colors = (color for tag in _TAG.findall(image) for color in _OURS.findall(tag))
    pairs = {light: dark[name] for name, light in colors if name in dark}
    rules = "".join(
        f'[fill="{light}"]{{fill:{color}}}[stroke="{light}"]{{stroke:{color}}}'
        for light, color in pairs.items()
    )
    return f'@media (prefers-color-scheme: dark){{[fill="#fff"]{{fill:{dark["--page"]}}}{rules}}}'


@cache
def _dark_colors() -> Mapping[str, str]:
    """Return the colors of a page in the dark, by name, as its style sheet has them."""
    style = (resources.files("harness.report.html") / "templates" / "style.css").read_text(encoding="utf-8")
    return dict(_DECLARED.findall(style.partition("prefers-color-scheme: dark")[2].partition("* {")[0]))


def _reduced(image: str, color: str) -> str:
    """Return an image without what draws nothing, and with `color` in the place of the page's colors."""

    def reduced(tag: re.Match[str]) -> str:
        return _NEEDLESS_ATTRIBUTE.sub("", _COLOR.sub(color, tag[0]))

    return _EMPTY_ELEMENT.sub("", _TAG.sub(reduced, image))


def with_data(spec: Spec, chart: Chart) -> Spec:
    """Return the compiled chart with its data in place."""
    sources: list[dict[str, Any]] = [
        {**source, "values": list(chart.data)} if source["name"] == DATA else source
        for source in spec["data"]
    ]
    return {**spec, "data": sources}


def image_budget(count: int) -> int:
    """Return the bytes that the images of this many charts may take."""
    return IMAGE_BUDGET if count <= MOST_IMAGES else 0


@cache
def runtime() -> str:
    """Return Vega itself as one script that needs nothing else; it leaves `vegaEmbed` on the window.

    It is the same for every page, and takes more than a second to bundle: so it is kept until vl-convert has
    another version.
    """
    version = importlib.metadata.version("vl-convert-python")
    return cached_text(platformdirs.user_cache_path("loopcmp") / f"vega-{version}.js", _bundled)


def _bundled() -> str:
    import vl_convert

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return bundle


def gzip_base64(text: str) -> str:
    """Return text as base64 of gzip, which a browser unpacks."""
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()
