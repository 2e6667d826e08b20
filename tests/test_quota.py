"""A container's quota of CPU time: read from its control groups, and named where it is less than its CPUs."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.execution.quota import cpu_quota, cpu_stops
from harness.records.entries import RunFinished
from harness.report.notices import NoticeKind
from harness.report.warnings import notices_of_run
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


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ("nr_periods 9\nnr_throttled 4\n", "nr_periods 9\nnr_throttled 3\nthrottled_usec 80\n", 7),
        ("usage_usec 5\n", "nr_throttled 3\n", 3),
        ("usage_usec 5\n", None, None),
    ],
    ids=["both", "the outer", "no word of it"],
)
def test_the_stops_for_a_quota_are_those_of_the_group_and_all_around_it(
    tmp_path: Path, inner: str, outer: str | None, expected: int | None
) -> None:
    group = tmp_path / "outer" / "inner"
    group.mkdir(parents=True)
    (group / "cpu.stat").write_text(inner)
    if outer is not None:
        (group.parent / "cpu.stat").write_text(outer)
    own = tmp_path / "own"
    own.write_text("0::/outer/inner\n")
    assert cpu_stops(tmp_path, own) == expected


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (5, 1205, "it did 1,200 times during this run"),
        (5, 5, "it did not stop it during this run"),
        (5, None, "times may have pauses in them"),
        (5, 4, "times may have pauses in them"),
    ],
    ids=["some", "none", "a run that goes on", "another container by the end"],
)
def test_the_notice_of_a_quota_counts_the_stops_of_the_run(
    before: int, after: int | None, words: str
) -> None:
    run = elsewhere(record(), cpu_quota=0.5, cpu_stops=before)
    finished = RunFinished("2026-05-04T03:07:08+00:00", 0.5, after)
    [notice] = [
        notice
        for notice in notices_of_run(replace(run, finished=finished))
        if notice.kind is NoticeKind.CPU_QUOTA
    ]
    assert words in notice.text


def warnings_of_a_quota(quota: float | None) -> list[str]:
    shown = notices_of_run(elsewhere(record(), cpu_quota=quota))
    return [notice.text for notice in shown if notice.kind is NoticeKind.CPU_QUOTA]


def test_a_quota_below_the_cpus_is_named() -> None:
    cores = record().run.machine.cores
    [warning] = warnings_of_a_quota(0.5)
    assert warning.startswith(f"Quota: the system stops this container at 0.5 of {cores} CPUs")
    for enough in (None, float(cores)):
        assert not warnings_of_a_quota(enough)
