"""Evidence is what a person needs to find a fault's place: errors in words, lines of code, waiting tasks.

It differs between versions, machines and runs, so nothing here is ever compared.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """A line of code that led to an error, or at which a task waits; `own` if it is in the scenario's file.

    `file` is a path within the library that it belongs to, or the scenario file's name.
    """

    file: str
    line: int
    function: str
    code: str = ""
    own: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line} in {self.function}"
        return f"{place}: {self.code}" if self.code else place


@dataclass(frozen=True, slots=True)
class RaisedError:
    """An error with its message, and the last lines of code that led to it, the innermost last."""

    text: str
    frames: tuple[Frame, ...] = ()

    @property
    def own_line(self) -> int | None:
        """The last line of the scenario's file that led to the error; None if none did."""
        return next((frame.line for frame in reversed(self.frames) if frame.own), None)


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """A task that is suspended, or a thread that runs, and the lines of code where it is, innermost last."""

    name: str
    frames: tuple[Frame, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} at {' → '.join(map(str, self.frames))}"
