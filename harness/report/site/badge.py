"""A badge for a loop's README: in how many cases it does what is promised, and how its time compares."""

import msgspec

from harness.report.formatting import label
from harness.report.html.templating import fill
from harness.report.site.leaderboard import Leaderboard, Standing

_LETTER = 6.6
"""The pixels that a letter of 11 px takes, about; the text is stretched to fit."""

_PADDING = 6
"""The pixels on either side of a text."""

GOOD, BAD, UNKNOWN = "#1a6b34", "#b3161f", "#59636e"

_COLORS = {GOOD: "green", BAD: "red", UNKNOWN: "lightgrey"}
"""What shields.io calls the colors of badges."""


def badge(board: Leaderboard, standing: Standing) -> str:
    """Return an SVG image that says it in words, so that its color says nothing that they do not."""
    return badge_image(_name(board, standing), badge_message(board, standing), _color(standing))


def badge_endpoint(board: Leaderboard, standing: Standing) -> str:
    """Return the same as JSON that shields.io draws a badge from."""
    return endpoint(_name(board, standing), badge_message(board, standing), _color(standing))


def _name(board: Leaderboard, standing: Standing) -> str:
    return f"loopcmp {label(board.summary.shown(standing.backend))}"


def endpoint(name: str, message: str, color: str) -> str:
    """Return the JSON that shields.io draws a badge from: https://shields.io/badges/endpoint-badge."""
    answer = {"schemaVersion": 1, "label": name, "message": message, "color": _COLORS[color]}
    return msgspec.json.encode(answer).decode() + "\n"


def badge_image(name: str, message: str, color: str) -> str:
    """Return the SVG image of a badge with these words."""
    return (
        fill(
            "badge.svg.j2",
            name=name,
            message=message,
            name_width=round(len(name) * _LETTER),
            message_width=round(len(message) * _LETTER),
            padding=_PADDING,
            color=color,
        )
        + "\n"
    )


def _color(standing: Standing) -> str:
    if not standing.observed:
        return UNKNOWN
    return GOOD if standing.kept == standing.observed else BAD


def badge_message(board: Leaderboard, standing: Standing) -> str:
    """Return what a badge says: first whether the loop does what it should, then how its time compares.

    A ratio without an interval is not for a badge, which says nothing else.
    """
    if not standing.observed:
        return "not observed"
    kept = f"{standing.kept - standing.known}/{standing.observed} as promised"
    if standing.known:
        kept += f", {standing.known} known to differ"
    if standing.ratio is None or standing.ratio.low is None:
        return kept
    return f"{kept}, {board.ratio_text(standing)} time"
