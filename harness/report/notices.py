"""What to know before the figures of a record are quoted: how much it is about, what, and how grave it is."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a notice takes from the figures."""

    GOOD = "good"
    """It speaks for them: a check that was passed."""
    WARNING = "warning"


class NoticeKind(StrEnum):
    """What a notice is about."""

    HOST = "host"
    LOAD = "load"
    FREQUENCY = "frequency scaling"
    CPU_QUOTA = "CPU quota"
    NOT_PINNED = "not pinned"
    ANOTHER_BUILD = "another build"
    SHARED_CPU = "shared CPU"
    SHARED_CORE = "shared core"
    TOO_FEW_ROUNDS = "too few rounds"
    SELF_TEST = "self-test"
    NOT_ADJUSTED = "not adjusted"
    FLAGGED = "flagged"
    OUT_OF_TIME = "out of time"
    NOT_COUNTED = "not counted"
    UNFINISHED = "unfinished"


class NoticeScope(StrEnum):
    """How much of a record a notice is about."""

    RUN = "run"
    BENCHMARK = "benchmark"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know before figures are quoted: how much it is about, what, how grave, and in words."""

    scope: NoticeScope
    kind: NoticeKind
    severity: Severity
    text: str


def of_run(kind: NoticeKind, text: str) -> Notice:
    """Return a warning about the whole record."""
    return Notice(NoticeScope.RUN, kind, Severity.WARNING, text)
