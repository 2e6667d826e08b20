"""Why a benchmark has no more rounds, from the sentences in which version 1 said so."""

import re
from contextlib import suppress

from harness.records.stop_reason import StopKind, StopReason

_REASONS = (
    (StopKind.PRECISION, re.compile(r"every interval is within ±(?P<percent>[0-9.]+)%")),
    (StopKind.TIME, re.compile(r"(?P<number>[0-9.e+]+) s are over")),
    (StopKind.ROUNDS, re.compile(r"(?P<number>[0-9]+) rounds, as --(?P<detail>.+) asks")),
    (StopKind.NOTHING_TO_COMPARE, re.compile("there is no other number to take a ratio of")),
    (StopKind.NOTHING_TIMED, re.compile("no case of this benchmark has a number")),
    (StopKind.MEASURED_WITH, re.compile(r"measured in the rounds of (?P<detail>.+)")),
)
"""The sentences by which version 1 said why a benchmark has no more rounds."""


def read_stop_reason(sentence: str) -> StopReason:
    """Return the reason that a sentence of version 1 gives; what none of today's says keeps its words."""
    words = sentence.replace("case of this row", "case of this benchmark")
    for kind, pattern in _REASONS:
        if matched := pattern.fullmatch(words):
            values = matched.groupdict()
            with suppress(ValueError):
                number = float(values.get("number", 0)) or float(values.get("percent", 0)) / 100
                reason = StopReason(kind, number, values.get("detail", ""))
                if str(reason) == words:
                    return reason
    return StopReason(StopKind.OTHER, detail=sentence)
