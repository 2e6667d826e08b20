"""What is published beside records: what loops can do, and campaigns of random programs."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.records.campaigns import CampaignRecord
from harness.records.conformance import ConformanceRecord
from harness.report.site import campaigns, conformance
from harness.report.site.summary import loop_of
from harness.report.tables.table import Table


@dataclass(frozen=True, slots=True)
class Besides:
    """What is published beside records: what loops can do, newest first, and campaigns by their folders."""

    conformance: Sequence[ConformanceRecord]
    campaigns: Sequence[tuple[str, CampaignRecord]]

    @property
    def has_abilities(self) -> bool:
        """Whether the page of what loops can do has anything on it."""
        return any(record.loops for record in self.conformance)

    def loops(self) -> set[str]:
        """Return the loops that these are about."""
        tried = {conformance.name_of(loop) for record in self.conformance for loop in record.loops}
        fuzzed = {loop_of(backend.backend) for _, campaign in self.campaigns for backend in campaign.backends}
        return tried | fuzzed

    def tables(self, loop: str) -> list[Table]:
        """Return the tables of a loop's page."""
        return [
            *conformance.loop_tables(loop, self.conformance),
            *campaigns.loop_tables(loop, self.campaigns),
        ]
