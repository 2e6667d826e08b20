"""One campaign from its beginning, or from where it was left, to its summary."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from harness.errors import BadInput
from harness.fuzz.campaign import Campaign
from harness.fuzz.conclusion import conclude, read_saved, save
from harness.fuzz.findings import Finding, Suspect
from harness.fuzz.generator import Series
from harness.fuzz.investigation import Investigation
from harness.fuzz.journal import Begun, Found, Journal, Line, Suspected
from harness.fuzz.known import KnownRow, read_known, rows_about, versions_here, with_quirks
from harness.fuzz.limits import Limits, Part
from harness.fuzz.outcomes import assess
from harness.fuzz.running import CannotRun, Interpreter
from harness.fuzz.specification.family import SWITCHES
from harness.fuzz.state import CampaignState, Totals
from harness.fuzz.subject import Subject
from harness.fuzz.summary import BackendSummary, Summary
from harness.fuzz.text import read_program

FINDINGS = "findings"
"""The folder, beside those of campaigns, in which findings are kept from one campaign to the next."""

_LOOKS = 3
"""Runs in which what is known has to be seen again."""


class Session:
    """A campaign in its folder. `show` is called with each line of its journal."""

    def __init__(
        self, subjects: Sequence[Subject], series: Series, part: Part, folder: Path, against: str
    ) -> None:
        self._rows = read_known()
        self._about = {
            subject.name: rows_about(self._rows, subject, versions_here(subject)) for subject in subjects
        }
        self._subjects = [with_quirks(subject, self._about[subject.name]) for subject in subjects]
        self._series = series
        self._part = part
        self._saved = folder / FINDINGS
        backends = tuple(subject.name for subject in subjects)
        self._begun = Begun(
            series.seed, series.profile, series.max_size, backends, against, part.index, part.count
        )
        self.folder = folder / folder_name(self._begun)
        self.state = CampaignState(self._rows)

    def run(self, limits: Limits, show: Callable[[Line], None]) -> Summary:
        """Run the campaign, or go on with it; what is journaled survives any interruption."""
        with Journal(self.folder) as journal:
            self._go_on(journal)
            gone = {subject.name: self._look_at_what_is_known(subject, journal) for subject in self._subjects}
            campaign = Campaign(self._subjects, self._series, self.state, journal, self._rows, show=show)
            campaign.run(limits, self._part)
            return self._summary(gone, campaign.errors)

    def _go_on(self, journal: Journal) -> None:
        """Take up what the journal has. Raises BadInput where it began with other backends."""
        lines = [*journal.lines()]
        if not lines:
            journal.append(self._begun)
        elif not isinstance(lines[0], Begun) or lines[0].seed != self._begun.seed:
            raise BadInput(f"{self.folder} holds another campaign: name another --folder")
        self.state = CampaignState(self._rows, lines)

    def _look_at_what_is_known(self, subject: Subject, journal: Journal) -> tuple[str, ...]:
        """Try saved findings and known rows first; gives the names of those that are not seen any more."""
        try:
            with Interpreter(subject) as interpreter:
                rows = [row.name for row in self._about[subject.name] if _is_gone(row, subject, interpreter)]
                saved = [finding for finding in read_saved(self._saved) if finding.backend == subject.name]
                gone = [
                    finding
                    for finding in saved
                    if not self._try_again(finding, subject, interpreter, journal)
                ]
        except CannotRun:
            return ()  # the campaign will say so
        return (*rows, *(f"{finding.id}: {finding.signature}" for finding in gone))

    def _try_again(
        self, finding: Finding, subject: Subject, interpreter: Interpreter, journal: Journal
    ) -> bool:
        """Whether a finding of an earlier campaign is still there; then it is one of this campaign too."""
        suspect = Suspect(
            subject.name, finding.number, finding.program, finding.before, finding.problem, finding.signature
        )
        again = Investigation(subject, interpreter, suspect).confirm()
        if again.confirmed:
            for line in (Suspected(suspect), Found(suspect, replace_original(again, finding))):
                journal.append(line)
                self.state.add(line)
        return again.confirmed > 0

    def _summary(self, gone: dict[str, tuple[str, ...]], errors: dict[str, str]) -> Summary:
        names = {subject.name for subject in self._subjects}
        findings = [
            self._concluded(finding) for finding in self.state.all_findings() if finding.backend in names
        ]
        totals = self.state.totals()
        return Summary(
            seed=self._series.seed,
            profile=self._series.profile,
            backends=tuple(
                BackendSummary(
                    subject.name,
                    totals.get(subject.name, Totals()),
                    gone.get(subject.name, ()),
                    errors.get(subject.name, ""),
                    tuple(sorted(subject.unlawful)),
                )
                for subject in self._subjects
            ),
            findings=tuple(finding for finding in findings if not finding.known),
            known=tuple(finding for finding in findings if finding.known),
            unconfirmed=tuple(finding for seen in self.state.unconfirmed.values() for finding in seen[:1]),
            reasons=(
                *((row.name, row.source) for row in self._rows),
                *((name, f"{one.reason}: {one.source}") for name, one in SWITCHES.items()),
            ),
            folder=str(self.folder),
        )

    def _concluded(self, finding: Finding) -> Finding:
        subject = next((subject for subject in self._subjects if subject.name == finding.backend), None)
        if subject is None or finding.known:
            return finding
        concluded = conclude(finding, subject, self._subjects)
        save(concluded, self._saved)
        return concluded


def folder_name(begun: Begun) -> str:
    """The folder of a campaign: what it is about, so that the same command finds it again."""
    series = f"seed-{begun.seed}-{begun.profile}-{begun.max_size}-part-{begun.part + 1}-of-{begun.parts}"
    against = f"-against-{begun.against}" if begun.against else ""
    backends = hashlib.sha256("\n".join(begun.backends).encode()).hexdigest()[:8]
    return f"{series}{against}-on-{backends}"


def replace_original(again: Finding, finding: Finding) -> Finding:
    """What was seen of a saved finding now, with the program that it was first found with."""
    return msgspec.structs.replace(again, original=finding.original, number=finding.number)


def _is_gone(row: KnownRow, subject: Subject, interpreter: Interpreter) -> bool:
    """Whether the program of a known row does not show it any more."""
    program = read_program(row.program)
    strict = replace(subject, quirks=frozenset())
    for _ in range(_LOOKS * (4 if subject.virtual == "trio" else 1)):
        run = interpreter.run_one(program, subject.scales[len(subject.scales) // 2])
        if run is None or not assess(strict, program, run).is_well:
            return False
    return True
