"""The scenarios of a site: by family, and each as the newest record that has it says what it is."""

from collections.abc import Iterator, Sequence

from harness.report.answer.families import asked_first, family_title
from harness.report.site.names import slug
from harness.report.site.summary import RecordSummary, ScenarioSummary


def newest_scenario(name: str, newest_first: Sequence[RecordSummary]) -> ScenarioSummary | None:
    """Return a scenario as the newest record that has it says what it is; None where none does."""
    every = (scenario for summary in newest_first for scenario in summary.scenarios)
    return next((scenario for scenario in every if scenario.name == name), None)


def scenario_families(
    names: Sequence[str], newest_first: Sequence[RecordSummary]
) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Yield each family with its scenarios: their names, their pages, and what they are in a sentence."""
    known = {each.name: each for summary in reversed(newest_first) for each in summary.scenarios}
    families: dict[str, list[tuple[str, str, str]]] = {}
    for name in names:
        scenario = known.get(name)
        family, summary = (scenario.family, scenario.summary) if scenario else ("", "")
        families.setdefault(family, []).append((name, f"scenarios/{slug(name)}.html", summary))
    for family in asked_first(families):
        yield family_title(family), families[family]
