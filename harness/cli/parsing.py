"""Options that are not plain numbers or names."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from harness.errors import BadInput

if TYPE_CHECKING:
    from harness.runner.own_app import AppRequest


def fraction(option: str, text: str) -> float:
    """Read a share such as "2%" or "0.02". Raises BadInput unless it lies between 0 and 1."""
    number = text.strip().removesuffix("%")
    try:
        value = float(number) / (100 if number != text.strip() else 1)
    except ValueError:
        value = -1.0
    if not 0 < value < 1:
        raise BadInput(f"{option} {text!r} is no share between 0 and 1: write 2% or 0.02")
    return value


def own_app(app: str | None, paths: Sequence[str]) -> "AppRequest | None":
    """Return what --app and --paths say; None without --app."""
    from harness.runner.own_app import AppRequest

    if app is None:
        return None
    return AppRequest(app, tuple(dict.fromkeys(paths)))


def passes(names: Collection[str]) -> tuple[str, ...]:
    """Return the passes that --also names, each once. Raises BadInput for what is none."""
    from harness.analysis.passes.offers import OFFERED

    if unknown := [name for name in names if name not in OFFERED]:
        raise BadInput(f"--also {unknown[0]!r} is no pass: write {' or '.join(OFFERED)}")
    return tuple(name for name in OFFERED if name in names)


def one_line(option: str, text: str) -> str:
    """Return an option's text. Raises BadInput unless it is one line of LONGEST_NOTE characters at most."""
    if len(text) > LONGEST_NOTE or not text.isprintable():
        raise BadInput(f"{option}: write one line of at most {LONGEST_NOTE} characters")
    return text.strip()


LONGEST_NOTE = 500
"""The most characters of a note."""
