"""The reviewed file of known findings: what a campaign counts, and does not fail for."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from harness.errors import BadInput
from harness.fuzz.findings import Finding
from harness.fuzz.outcomes import Problem
from harness.fuzz.specification.family import Quirk
from harness.fuzz.subject import Subject

KNOWN = Path(__file__).with_name("known.toml")


@dataclass(frozen=True, slots=True)
class KnownRow:
    """One known finding.

    `loops` are names of loops, or `family:asyncio` for all loops of a family. It is known by a quirk, which
    the specification takes into account, or by a problem and its signature. `versions` maps a distribution
    to the versions that show it, as pip writes them. `program` shows it.
    """

    name: str
    loops: tuple[str, ...]
    reason: str
    source: str
    program: str
    versions: Mapping[str, str]
    quirk: Quirk | None = None
    problem: Problem | None = None
    signature: str = ""
    real_time: bool = False
    """Whether it is seen in real time alone: over TCP, which virtual time does without."""

    def is_about(self, subject: Subject, versions: Mapping[str, str]) -> bool:
        """Whether it is known of this backend, with these versions of distributions."""
        loop = subject.backend.loop
        if self.real_time and subject.virtual:
            return False
        if not {loop.name, f"family:{loop.family}"} & set(self.loops):
            return False
        return all(_is_in(versions.get(name, ""), wanted) for name, wanted in self.versions.items())

    def matches(self, finding: Finding) -> bool:
        """Whether a finding is this one."""
        return self.quirk is None and self.problem is finding.problem and self.signature == finding.signature


def _is_in(version: str, wanted: str) -> bool:
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415 - only where rows name versions

    return bool(version) and SpecifierSet(wanted).contains(version, prereleases=True)


@cache
def read_known(path: Path = KNOWN) -> tuple[KnownRow, ...]:
    """The rows of the file. Raises BadInput where it is not as it should be."""
    try:
        tables = tomllib.loads(path.read_text())["known"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise BadInput(f"{path} cannot be read as known findings: {error}") from None
    return tuple(_row(path, table) for table in tables)


def _row(path: Path, table: Mapping[str, object]) -> KnownRow:
    try:
        quirk, problem, loops = table.get("quirk"), table.get("problem"), table["loops"]
        versions = table.get("versions", {})
        assert isinstance(loops, list)
        assert isinstance(versions, dict)
        return KnownRow(
            name=str(table["name"]),
            loops=tuple(map(str, loops)),
            reason=str(table["reason"]),
            source=str(table["source"]),
            program=str(table["program"]),
            versions=versions,
            quirk=None if quirk is None else Quirk(str(quirk)),
            problem=None if problem is None else Problem(str(problem)),
            signature=str(table.get("signature", "")),
            real_time=bool(table.get("real_time")),
        )
    except (KeyError, ValueError, AssertionError) as error:
        raise BadInput(
            f"{path}: the row {table.get('name', table)!r} is not as it should be: {error!r}"
        ) from None


def rows_about(
    rows: Iterable[KnownRow], subject: Subject, versions: Mapping[str, str]
) -> tuple[KnownRow, ...]:
    """The rows that are known of a backend."""
    return tuple(row for row in rows if row.is_about(subject, versions))


def with_quirks(subject: Subject, rows: Sequence[KnownRow]) -> Subject:
    """A backend whose traces may show the quirks of these rows."""
    return replace(subject, quirks=frozenset(row.quirk for row in rows if row.quirk is not None))


def versions_here(subject: Subject) -> dict[str, str]:
    """The versions of all that takes part, with this Python."""
    import platform  # noqa: PLC0415 - only a campaign asks

    names = ["anyio", "trio", subject.backend.loop.distribution]
    versions = {"python": platform.python_version()}
    for name in filter(None, names):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions
