"""The units that numbers of a record are in."""

from enum import StrEnum


class Unit(StrEnum):
    """What a figure's numbers count."""

    SECONDS = "s"
    MICROSECONDS_BEYOND_IDEAL = "µs"
    BYTES = "bytes"
    RATIO = "ratio"
    SHARE = "share"
    COUNT = "count"
    PER_SECOND = "per second"
