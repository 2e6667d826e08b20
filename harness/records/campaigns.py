"""What a campaign of random programs has found, as the file that `loopcmp fuzz -o` writes."""

from dataclasses import dataclass

CAMPAIGN = "fuzz.json"
"""The file in a published folder that holds one."""


@dataclass(frozen=True, slots=True)
class CampaignTotals:
    """How many programs were judged on a backend, and how many could not be."""

    judged: int
    undecided: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class CampaignBackend:
    """One backend of a campaign; `gone` are known findings that were not seen any more."""

    backend: str
    totals: CampaignTotals
    gone: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class CampaignFinding:
    """One fault: the smallest program that shows it, in `confirmed` of `tries` runs; `known` names its row.

    `times` is how many programs of the campaign showed it.
    """

    backend: str
    problem: str
    signature: str
    program: str
    confirmed: int
    tries: int
    times: int = 1
    known: str = ""
    versions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CampaignRecord:
    """A campaign: its seed and profile, its backends, what is new and what is known, and sources by name."""

    seed: int
    profile: str
    backends: tuple[CampaignBackend, ...]
    findings: tuple[CampaignFinding, ...]
    known: tuple[CampaignFinding, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()
