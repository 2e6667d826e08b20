"""What a loop can do as tests need it: a small table of capabilities and of CPython's tests."""

from harness.records.conformance import (
    Ability,
    CapabilityAnswer,
    ConformanceRecord,
    LoopConformance,
    UnittestLack,
    UnittestTotals,
)


def answer(name: str, ability: Ability, reason: str = "") -> CapabilityAnswer:
    return CapabilityAnswer(name, f"{name} in words", ability, reason)


def mine(started: str = "2026-11-26T20:00:00+00:00", version: str = "2.0") -> ConformanceRecord:
    answers = (answer("can_listen", Ability.YES), answer("can_hang", Ability.UNTIDY, "leaves tasks: 1"))
    tests = UnittestTotals(1, 2, (UnittestLack("m.T.test_b", "failed", "AssertionError: no"),))
    return ConformanceRecord(started, "a CPU", (LoopConformance("mine", version, "3.13.0", answers, tests),))
