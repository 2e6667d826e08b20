"""What random programs have found, on the pages of loops."""

from collections.abc import Iterable, Iterator, Sequence

from harness.records.campaigns import CampaignFinding, CampaignRecord
from harness.report.site.summary import loop_of
from harness.report.tables.table import Table, texts


def loop_tables(loop: str, campaigns: Sequence[tuple[str, CampaignRecord]]) -> Iterator[Table]:
    """Yield a table for each published campaign on a loop: what was found, each with its smallest program."""
    for name, campaign in campaigns:
        backends = [backend for backend in campaign.backends if loop_of(backend.backend) == loop]
        for backend in backends:
            findings = [
                finding
                for finding in (*campaign.findings, *campaign.known)
                if finding.backend == backend.backend
            ]
            title = f"What random programs found, {name}, profile {campaign.profile}"
            columns = texts("what", "known", "seen in", "the smallest program")
            rows = tuple(map(_row, findings))
            yield Table(title, columns, rows, tuple(_notes(backend.totals.judged, campaign, findings)))


def findings_of(campaigns: Iterable[tuple[str, CampaignRecord]]) -> dict[str, int]:
    """Return how many findings each loop has in all campaigns, known ones included."""
    seen: dict[str, set[tuple[str, str]]] = {}
    for _, campaign in campaigns:
        for finding in (*campaign.findings, *campaign.known):
            seen.setdefault(loop_of(finding.backend), set()).add((finding.problem, finding.signature))
    return {loop: len(signatures) for loop, signatures in seen.items()}


def _row(finding: CampaignFinding) -> tuple[str, str, str, str]:
    seen = f"{finding.confirmed} of {finding.tries} runs; {finding.times} programs"
    program = "; ".join(" ".join(line.split()) for line in finding.program.splitlines())
    return f"{finding.problem}: {finding.signature}", finding.known or "new", seen, program


def _notes(judged: int, campaign: CampaignRecord, findings: Sequence[CampaignFinding]) -> Iterator[str]:
    versions = findings[0].versions if findings else ()
    with_versions = ", ".join(f"{name} {version}" for name, version in versions)
    yield f"{judged:,} programs were judged, seed {campaign.seed}{'; ' * bool(versions)}{with_versions}."
    sources = dict(campaign.reasons)
    yield from (
        f"{known}: {sources[known]}" for known in {finding.known for finding in findings} if known in sources
    )
