"""The table and the sentences of a record's contrasts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.protocol.benchmarks import Benchmark
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
    "stack": "the stack, server and loop together",
    "revision": "the change",
}


@dataclass(frozen=True, slots=True)
class ShownContrast:
    """A contrast with the number and the id of its benchmark, and the names that people see of its arms."""

    number: int
    benchmark: str
    contrast: Contrast
    arm: str
    against: str

    @property
    def pair(self) -> str:
        """The two that are compared."""
        return f"{self.arm} / {self.against}"


def shown_contrasts(record: Record) -> Iterator[ShownContrast]:
    """Yield every contrast of a record as people see it."""
    shown = _arm_names(record)
    for number, result in enumerate(record.results, start=1):
        arms = {**shown, **_with_servers(record, result.benchmark, shown)}
        for contrast in result.contrasts:
            names_of_both = arms[contrast.arm], arms[contrast.against]
            yield ShownContrast(number, result.benchmark.id, contrast, *names_of_both)


def changes_of_stack(record: Record) -> Iterator[ShownContrast]:
    """Yield the contrasts of services whose server changes with the loop, where they have an interval."""
    for shown in shown_contrasts(record):
        if shown.contrast.factor == "stack" and shown.contrast.ratio.has_interval:
            yield shown


def _arm_names(record: Record) -> Mapping[str, str]:
    """Return the names that people see for the arms of contrasts, a twin's among them."""
    contrasts = [contrast for result in record.results for contrast in result.contrasts]
    arms = (arm for contrast in contrasts for arm in (contrast.arm, contrast.against))
    return shown_names((*record.backends, *dict.fromkeys(arms)))


def _with_servers(record: Record, benchmark: Benchmark, shown: Mapping[str, str]) -> Mapping[str, str]:
    """Return the names of backends where the server changes with the loop: `hypercorn on trio`."""
    servers = dict(benchmark.stacks)
    return {
        backend.name: f"{servers[backend.loop.family]} on {shown[backend.name]}"
        for backend in record.run.plan.backends
        if backend.loop.family in servers
    }


def table(record: Record) -> Table | None:
    """Return every contrast, benchmark by benchmark; None if there is none."""
    contrasts = tuple(shown_contrasts(record))
    if not contrasts:
        return None
    return Table(
        "What the differences are due to",
        (*names("benchmark"), *texts("due to", "compared"), *numbers("ratio")),
        tuple(map(_row, contrasts)),
        tuple(_notes({shown.contrast.factor for shown in contrasts})),
    )


def _row(shown: ShownContrast) -> tuple[str, ...]:
    return shown.benchmark, _WORDS[shown.contrast.factor], shown.pair, format_ratio(shown.contrast.ratio)


def _notes(factors: set[Factor]) -> Iterator[str]:
    yield (
        "Two backends that differ in one part, compared inside each turn. An interaction is the gatherer's "
        "ratio on the one loop divided by that on the other."
    )
    if "stack" in factors:
        yield (
            "Where the stack changes, two parts do: neither the server nor the loop is measured alone, and "
            "no mean over benchmarks has it."
        )


def sentences(record: Record) -> tuple[str, ...]:
    """Return a sentence for each pair that is compared: from the least ratio to the greatest."""
    ratios: dict[tuple[Factor, str, str], list[float]] = defaultdict(list)
    for shown in shown_contrasts(record):
        factor, ratio = shown.contrast.factor, shown.contrast.ratio
        if factor != "interaction" and ratio.has_interval:
            ratios[factor, shown.arm, shown.against].append(ratio.value)
    return tuple(_sentences(ratios))


def _sentences(ratios_of: Mapping[tuple[Factor, str, str], list[float]]) -> Iterator[str]:
    for (factor, arm, against), ratios in ratios_of.items():
        least, most = min(ratios), max(ratios)
        share = f"{least:.2f}×" if len(ratios) == 1 else f"{least:.2f}× to {most:.2f}×"
        benchmarks = count_benchmarks(len(ratios))
        yield f"Due to {_WORDS[factor]}, {arm} takes {share} the time of {against} ({benchmarks})."
