"""What a gate between two revisions holds; a module of its own, which the command line shows at once."""

from enum import StrEnum


class GateMetric(StrEnum):
    """What a gate holds against its limits."""

    TIME = "time"
    INSTRUCTIONS = "instructions"
