"""A badge for a loop's README: how many scenarios agree, and how its time compares."""

from markupsafe import Markup

from harness.report.formatting import label
from harness.report.site.leaderboard import Leaderboard, Standing

_LETTER = 6.6
"""Pixels that a letter of 11 px takes, about; the text is stretched to fit."""

_BADGE = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{whole}">'
    "<title>{whole}</title>"
    '<rect width="{left}" height="20" fill="#3b434b"/>'
    '<rect x="{left}" width="{right}" height="20" fill="{color}"/>'
    '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
    '<text x="6" y="14" textLength="{left_text}">{label}</text>'
    '<text x="{at}" y="14" textLength="{right_text}">{message}</text></g></svg>\n'
)

GOOD, BAD, UNKNOWN = "#1a6b34", "#b3161f", "#59636e"


def badge(board: Leaderboard, standing: Standing) -> str:
    """An SVG image that says it in words, so that its color says nothing that they do not."""
    name, message = f"loopcmp {label(standing.backend)}", badge_message(board, standing)
    left, right = (round(len(text) * _LETTER) + 12 for text in (name, message))
    return str(
        _BADGE.format(
            width=left + right,
            left=left,
            right=right,
            left_text=left - 12,
            right_text=right - 12,
            at=left + 6,
            label=name,
            message=message,
            whole=f"{name}: {message}",
            color=_color(standing),
        )
    )


def _color(standing: Standing) -> str:
    if not standing.observed:
        return UNKNOWN
    return GOOD if standing.kept == standing.observed else BAD


def badge_message(board: Leaderboard, standing: Standing) -> str:
    """What a badge says: first whether the loop does what it should."""
    if not standing.observed:
        return "not observed"
    said = f"{standing.kept}/{standing.observed} as promised"
    if standing.ratio is None or standing.backend == board.summary.baseline:
        return said
    return f"{said}, {standing.ratio.value:.2f}× time"
