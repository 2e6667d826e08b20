"""Two CPUs that are threads of one core: found out at the start, recorded, and told."""

import os
from dataclasses import replace

import pytest

from harness.execution import shared_core
from harness.execution.affinity import choose_cpus
from harness.execution.shared_core import company_factor
from harness.report.notices import NoticeKind
from harness.report.warnings import notices
from tests.records import everything


@pytest.mark.workers
@pytest.mark.skipif(len(choose_cpus(2) or ()) < 2, reason="there are no two CPUs")
def test_a_process_is_timed_with_and_without_company() -> None:
    factor = company_factor()
    assert factor is not None
    assert factor > 0


def test_where_all_share_one_cpu_nothing_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert company_factor() is None


def test_where_nobody_can_be_pinned_nothing_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_core, "choose_cpus", lambda _: None)
    assert company_factor() is None


@pytest.mark.parametrize(("factor", "told"), [(None, False), (1.0, False), (1.1, False), (1.65, True)])
def test_a_core_that_is_shared_is_told(factor: float | None, told: bool) -> None:
    record = everything()
    machine = replace(record.run.machine, company_factor=factor)
    shared = replace(record, run=replace(record.run, machine=machine))
    words = [notice.text for notice in notices(shared) if notice.kind is NoticeKind.SHARED_CORE]
    assert bool(words) is told
    assert all("makes a worker take 65% longer" in text for text in words)
