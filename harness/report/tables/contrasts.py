"""A record's contrasts → a table and sentences that a person can read."""

from collections import defaultdict
from collections.abc import Iterator

from harness.records.contrast import Contrast, Factor
from harness.records.record import Record
from harness.report.formatting import count_benchmarks, format_ratio
from harness.report.tables.table import Table, names, numbers, texts

_WORDS: dict[Factor, str] = {
    "loop": "the loop",
    "layer": "the AnyIO layer",
    "gatherer": "the gatherer",
    "interaction": "gatherer and loop together",
}


def table(record: Record) -> Table | None:
    """Every contrast, row by row; None if there is none."""
    rows = tuple((line.benchmark.id, *_cells(one)) for line in record.results for one in line.contrasts)
    if not rows:
        return None
    note = (
        "Two backends that differ in one part, compared inside each turn. An interaction is the gatherer's "
        "ratio on the one loop divided by that on the other."
    )
    return Table(
        "What the differences are due to",
        (*names("benchmark"), *texts("due to", "compared"), *numbers("ratio")),
        rows,
        (note,),
    )


def _cells(one: Contrast) -> tuple[str, ...]:
    return _WORDS[one.factor], f"{one.arm} / {one.against}", format_ratio(one.ratio)


def sentences(record: Record) -> tuple[str, ...]:
    """One sentence for each pair that is compared: from the least to the most over the rows."""
    found: dict[tuple[Factor, str, str], list[float]] = defaultdict(list)
    for line in record.results:
        for one in line.contrasts:
            if one.factor != "interaction" and one.ratio.has_interval:
                found[one.factor, one.arm, one.against].append(one.ratio.value)
    return tuple(_sentences(found))


def _sentences(found: dict[tuple[Factor, str, str], list[float]]) -> Iterator[str]:
    for (due, arm, against), ratios in found.items():
        least, most = min(ratios), max(ratios)
        share = f"{least:.2f}×" if len(ratios) == 1 else f"{least:.2f}× to {most:.2f}×"
        benchmarks = count_benchmarks(len(ratios))
        yield f"Due to {_WORDS[due]}, {arm} takes {share} the time of {against} ({benchmarks})."
