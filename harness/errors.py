"""The one family of exceptions for misuse; the command line catches it once and prints it as a line."""


class LoopcmpError(Exception):
    """Something the user can mend; the message says what happened and what to do next."""

    exit_code = 2


class BadInput(LoopcmpError):
    """A name, a path, an option or a file that cannot be used as it is."""


class CannotWrite(LoopcmpError):
    """A disk that is full, or a folder that may not be written in; what was measured before is kept."""

    exit_code = 3


class ScenarioBroken(BadInput):
    """A scenario module that does not import; `frames` is its own traceback, trimmed to its frames."""

    def __init__(self, message: str, frames: str = "") -> None:
        super().__init__(message)
        self.frames = frames


class ImportMissing(ScenarioBroken):
    """A scenario module that imports what is not installed where it was tried."""


def escape_controls(text: str) -> str:
    """Control, invisible and direction-changing characters as escapes; line ends stay."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)
