"""Text becomes markup here, and nowhere else: what others chose is escaped, and its addresses are links."""

import re

from markupsafe import Markup, escape

from harness.errors import escape_controls

_ADDRESS = re.compile(r"https?://[^\s<>\"'`]+[^\s<>\"'`.,;:!?)\]]")


def trusted(text: str) -> Markup:
    """Return text of ours, or made of escaped text, that stands on a page as it is."""
    return Markup(text)  # noqa: S704 - the one place where text becomes markup


def linked(text: str) -> Markup:
    """Return the text with its http addresses, and nothing else in it, as links."""
    shown, parts, end = escape_controls(text), [], 0
    if "://" not in shown:
        return escape(shown)
    for match in _ADDRESS.finditer(shown):
        parts += [escape(shown[end : match.start()]), _link(match[0])]
        end = match.end()
    return Markup().join([*parts, escape(shown[end:])])


def _link(address: str) -> Markup:
    return Markup('<a href="{0}" rel="noreferrer noopener external">{0}</a>').format(address)
