"""The tables of capabilities: what each loop can do, how much that is in all, and why it cannot."""

from collections.abc import Iterable, Iterator

from harness.analysis import capability_totals
from harness.analysis.capabilities import Capability, capabilities, headings, loops
from harness.analysis.capability_totals import LoopTotal, commonest_blemish
from harness.records.conformance import Ability
from harness.records.record import Record
from harness.records.verdict import Verdict
from harness.report.tables.table import Table, names, numbers, texts, verdict_columns
from harness.report.verdict_signs import VERDICTS

RENDERINGS = {
    Ability.YES: VERDICTS[Verdict.SAME_RESULT],
    Ability.UNTIDY: VERDICTS[Verdict.SAME_RESULT],
    Ability.NO: VERDICTS[Verdict.UNSUPPORTED],
    Ability.WRONG: VERDICTS[Verdict.DIFFERENT_RESULT],
    Ability.CRASHED: VERDICTS[Verdict.CRASHED],
    Ability.HUNG: VERDICTS[Verdict.TIMED_OUT],
    Ability.UNMEASURED: VERDICTS[Verdict.COULD_NOT_MEASURE],
    Ability.ABSENT: VERDICTS[Verdict.UNAVAILABLE],
}
"""How every ability is shown: as the verdict that it comes from."""


def ability_text(ability: Ability) -> str:
    """Return an ability as a table shows it: the sign and the word."""
    return f"{RENDERINGS[ability].sign} {ability}"


def table(record: Record) -> Table | None:
    """Return the table of loops by capabilities; None where the record tried none."""
    tried = capabilities(record)
    if not tried:
        return None
    rows = tuple((capability.title, *_row(capability, loops(record))) for capability in tried)
    return Table(
        "What each loop can do",
        (*texts("capability"), *verdict_columns(*headings(record))),
        rows,
        tuple(_notes(tried)),
    )


def _row(capability: Capability, names: Iterable[str]) -> Iterator[str]:
    abilities = {answer.loop: answer.ability for answer in capability.answers}
    return (ability_text(ability) if (ability := abilities.get(name)) else "" for name in names)


_MEANINGS = {
    Ability.YES: "does what is promised and leaves nothing behind",
    Ability.UNTIDY: "does what is promised, and reports something or leaves something behind",
    Ability.NO: "says that it is not implemented, or is documented to lack it",
    Ability.WRONG: "does something else, or not always what is promised",
    Ability.CRASHED: "the process ended",
    Ability.HUNG: "there was no answer in time",
    Ability.UNMEASURED: "what was seen says nothing of the loop",
    Ability.ABSENT: "the loop cannot be had here",
}


def _notes(tried: Iterable[Capability]) -> Iterator[str]:
    met = {answer.ability for capability in tried for answer in capability.answers}
    yield (
        "; ".join(
            f"{ability_text(ability)}: {meaning}" for ability, meaning in _MEANINGS.items() if ability in met
        )
        + "."
    )
    yield "Each is tried through AnyIO where AnyIO has it, else by the methods of the running asyncio loop."


def totals(record: Record) -> Table | None:
    """Return the totals: a row for each loop, with how many capabilities have each answer; None if none."""
    if not capabilities(record):
        return None
    loop_totals = capability_totals.totals(record)
    given = [ability for ability in Ability if any(total.count(ability) for total in loop_totals)]
    return Table(
        "In all",
        (*texts("loop"), *numbers(*map(str, given), "tried")),
        tuple(_totals_row(total, given) for total in loop_totals),
        tuple(_blemish_notes(record)),
    )


def _totals_row(total: LoopTotal, abilities: Iterable[Ability]) -> tuple[str, ...]:
    return (total.heading, *(str(total.count(ability) or "") for ability in abilities), str(total.tried))


def _blemish_notes(record: Record) -> Iterator[str]:
    """Say of each loop that has a "yes, but" what it most often leaves behind or reports."""
    for loop in loops(record):
        if (blemish := commonest_blemish(record, loop)) is not None:
            yield f"{loop}: yes, but most often it {blemish.reason} ({blemish.times} of {blemish.untidy})."


def reasons(record: Record) -> Table | None:
    """Return every answer but yes with its reason, those of a loop that are alike together; None if none."""
    alike: dict[tuple[str, Ability, str], list[str]] = {}
    for capability in capabilities(record):
        for answer in capability.answers:
            if answer.ability is not Ability.YES:
                reason = f"{answer.reason} ({answer.source})" if answer.source else answer.reason
                alike.setdefault((answer.loop, answer.ability, reason), []).append(capability.title)
    if not alike:
        return None
    order = {name: position for position, name in enumerate(loops(record))}
    ranked = sorted(alike.items(), key=lambda item: (order[item[0][0]], list(Ability).index(item[0][1])))
    rows = tuple((loop, ability, reason, "; ".join(titles)) for (loop, ability, reason), titles in ranked)
    return Table("Why", (*names("loop"), *verdict_columns("can"), *texts("because", "capabilities")), rows)
