"""The table and the sentences of a record's contrasts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from harness.records.contrast import Contrast, Factor
from harness.records.record import Record
from harness.report.backend_names import shown_names
from harness.report.formatting import count_benchmarks, format_ratio
from harness.report.tables.table import Table, names, numbers, texts

_WORDS: dict[Factor, str] = {
    "loop": "the loop",
    "layer": "the AnyIO layer",
    "gatherer": "the gatherer",
    "interaction": "gatherer and loop together",
    "own API": "the loop, on its own API",
    "revision": "the change",
}


def table(record: Record) -> Table | None:
    """Return every contrast, benchmark by benchmark; None if there is none."""
    shown = arm_names(record)
    rows = tuple(
        (result.benchmark.id, *_cells(contrast, shown))
        for result in record.results
        for contrast in result.contrasts
    )
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


def arm_names(record: Record) -> Mapping[str, str]:
    """Return the names that people see for the arms of contrasts, a twin's among them."""
    contrasts = [contrast for result in record.results for contrast in result.contrasts]
    arms = (arm for contrast in contrasts for arm in (contrast.arm, contrast.against))
    return shown_names((*record.backends, *dict.fromkeys(arms)))


def _cells(contrast: Contrast, shown: Mapping[str, str]) -> tuple[str, ...]:
    compared = f"{shown[contrast.arm]} / {shown[contrast.against]}"
    return _WORDS[contrast.factor], compared, format_ratio(contrast.ratio)


def sentences(record: Record) -> tuple[str, ...]:
    """Return a sentence for each pair that is compared: from the least ratio to the greatest."""
    ratios: dict[tuple[Factor, str, str], list[float]] = defaultdict(list)
    for result in record.results:
        for contrast in result.contrasts:
            if contrast.factor != "interaction" and contrast.ratio.has_interval:
                ratios[contrast.factor, contrast.arm, contrast.against].append(contrast.ratio.value)
    return tuple(_sentences(ratios, arm_names(record)))


def _sentences(
    ratios_of: Mapping[tuple[Factor, str, str], list[float]], shown: Mapping[str, str]
) -> Iterator[str]:
    for (factor, arm, against), ratios in ratios_of.items():
        least, most = min(ratios), max(ratios)
        share = f"{least:.2f}×" if len(ratios) == 1 else f"{least:.2f}× to {most:.2f}×"
        benchmarks = count_benchmarks(len(ratios))
        compared = f"{shown[arm]} takes {share} the time of {shown[against]}"
        yield f"Due to {_WORDS[factor]}, {compared} ({benchmarks})."
