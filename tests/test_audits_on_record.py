"""Which audit a record names: the newest that was taken on the same machine and Python."""

from dataclasses import replace
from pathlib import Path

from harness.records import store
from harness.records.entries import RunStarted
from harness.records.record import AuditSummary
from harness.report.method import method
from harness.report.tables import audit as audit_tables
from harness.report.writing import write_report
from harness.runner.state import RunState
from tests.kinds import CLOSED, audit
from tests.records import begun, everything, fake_benchmark, plan

HERE = everything().run.machine


def put(results: Path, folder: str, started: str, cpu: str = HERE.cpu, *, empty: bool = False) -> None:
    """An audit's record in a folder under results/, an empty one without any trial."""
    record = replace(audit(), trials=()) if empty else audit()
    environment = replace(HERE, cpu=cpu)
    path = results / folder
    path.mkdir(parents=True)
    store.write_record(path, replace(record, run=replace(record.run, started=started, machine=environment)))


def test_those_of_this_machine_come_newest_first_published_or_not(tmp_path: Path) -> None:
    put(tmp_path, "2026-01-01-audit", "2026-01-01T00:00:00+00:00")
    put(tmp_path, "local/20260201-000000-audit", "2026-02-01T00:00:00+00:00")
    put(tmp_path, "2026-03-01-audit", "2026-03-01T00:00:00+00:00", cpu="another")
    found = store.audits(tmp_path, HERE)
    assert found == [tmp_path / "local" / "20260201-000000-audit", tmp_path / "2026-01-01-audit"]


def test_runs_and_what_is_no_record_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "2026-01-01-run").mkdir()
    store.write_record(tmp_path / "2026-01-01-run", everything())
    (tmp_path / "2026-01-02-rubbish").mkdir()
    (tmp_path / "2026-01-02-rubbish" / store.RECORD).write_text("{")
    assert not store.audits(tmp_path, HERE)


def finished(results: Path, one: RunStarted) -> AuditSummary | None:
    """What the record says that is written when such a run ends, and is read again."""
    folder = results / "local" / "20260504-000000-run"
    folder.mkdir(parents=True)
    journal = store.Journal(folder)
    with journal:
        journal.append(one)
    write_report(folder, RunState(one, (CLOSED,)).record())
    return store.read_record(folder).audit


def test_a_run_that_ends_says_what_that_audit_found(tmp_path: Path) -> None:
    put(tmp_path, "2026-01-01-audit", "2026-01-01T00:00:00+00:00")
    on_trial = finished(tmp_path, replace(begun(plan(fake_benchmark())), machine=HERE))
    assert on_trial == AuditSummary(
        "2026-01-01-audit", "2026-01-01T00:00:00+00:00", audit_tables.sentences(audit())
    )
    last = method(replace(everything(), audit=on_trial))[-1]
    assert "An audit on this machine, 2026-01-01-audit of 2026-01-01: Identical code was called" in last


def test_an_audit_that_tried_nothing_hides_none_before_it(tmp_path: Path) -> None:
    put(tmp_path, "2026-01-01-audit", "2026-01-01T00:00:00+00:00")
    put(tmp_path, "2026-02-01-audit", "2026-02-01T00:00:00+00:00", empty=True)
    on_trial = finished(tmp_path, replace(begun(plan(fake_benchmark())), machine=HERE))
    assert on_trial is not None
    assert on_trial.folder == "2026-01-01-audit"


def test_without_one_it_says_what_takes_one(tmp_path: Path) -> None:
    assert finished(tmp_path, replace(begun(plan(fake_benchmark())), machine=HERE)) is None
    assert "loopcmp audit puts the method on trial" in method(everything())[-1]


def test_an_audit_names_no_other(tmp_path: Path) -> None:
    put(tmp_path, "2026-01-01-audit", "2026-01-01T00:00:00+00:00")
    assert finished(tmp_path, replace(audit().run, machine=HERE)) is None
