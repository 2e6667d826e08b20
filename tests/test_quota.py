"""A container's quota of CPU time: read from its control groups, and named where it is less than its CPUs."""

from pathlib import Path

import pytest

from harness.execution.quota import cpu_quota
from harness.report.warnings import NoticeKind, notices_of_run
from tests.compared import elsewhere, record


def in_group(folder: Path, inner: str | None, outer: str | None) -> float | None:
    """The quota of a process in the group outer/inner, whose files hold this."""
    group = folder / "outer" / "inner"
    group.mkdir(parents=True)
    for place, limit in ((group, inner), (group.parent, outer)):
        if limit is not None:
            (place / "cpu.max").write_text(limit)
    own = folder / "own"
    own.write_text("1:cpu:/elsewhere\n0::/outer/inner\n")
    return cpu_quota(folder, own)


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ("150000 100000\n", "max 100000\n", 1.5),
        ("max 100000\n", "50000 100000\n", 0.5),
        ("200000 100000\n", "100000 100000\n", 1.0),
        ("max 100000\n", None, None),
        ("rubbish", None, None),
        (None, None, None),
    ],
    ids=["its own", "that of the group around it", "the least", "none", "none that can be read", "no file"],
)
def test_a_quota_is_the_least_of_the_groups(
    tmp_path: Path, inner: str | None, outer: str | None, expected: float | None
) -> None:
    assert in_group(tmp_path, inner, outer) == expected


def test_without_control_groups_there_is_no_quota(tmp_path: Path) -> None:
    assert cpu_quota(tmp_path, tmp_path / "missing") is None


def warnings_of_a_quota(quota: float | None) -> list[str]:
    shown = notices_of_run(elsewhere(record(), cpu_quota=quota))
    return [notice.text for notice in shown if notice.kind is NoticeKind.CPU_QUOTA]


def test_a_quota_below_the_cpus_is_named() -> None:
    cores = record().run.machine.cores
    [warning] = warnings_of_a_quota(0.5)
    assert warning.startswith(f"Quota: the system stops this container at 0.5 of {cores} CPUs")
    for enough in (None, float(cores)):
        assert not warnings_of_a_quota(enough)
