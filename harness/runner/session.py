"""One run in its folder: started or resumed, measured entry by entry, finished with record and reports."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from harness.errors import BadInput
from harness.execution.shared_core import company_factor
from harness.records import store
from harness.records.entries import Entry, Machine, RunStarted
from harness.records.record import Record
from harness.runner import audit, timing
from harness.runner.checking import check
from harness.runner.state import RunState


@dataclass(frozen=True, slots=True)
class Session:
    """A run under way: its folder, what it has seen so far, and its journal, which nobody else may write."""

    folder: Path
    state: RunState
    journal: store.Journal


def start(run: RunStarted, results: Path, *, publish: bool) -> Session:
    """Begin a run in a folder of its own. Raises BadInput where none can be made."""
    folder = store.new_folder(results, run.name, publish=publish)
    journal, fixed = store.Journal(folder), replace(run, published=publish, machine=_with_company(run))
    journal.append(fixed)
    return Session(folder, RunState(fixed), journal)


def _with_company(run: RunStarted) -> Machine:
    """Return the machine of a run with what work on another CPU does to its workers."""
    return replace(run.machine, company_factor=company_factor() if run.plan.timed_benchmarks else None)


def resume(folder: Path) -> Session:
    """Go on with a run that was ended. Raises BadInput if there is none, or it is finished."""
    journal, run, entries = store.resume(folder)
    state = RunState(run, entries)
    if state.finished is not None and store.is_concluded(folder):
        raise BadInput(f"{folder} is finished: loopcmp report {folder} shows it")
    return Session(folder, state, journal)


def measure(session: Session, show: Callable[[Entry], None]) -> None:
    """Observe and time what is not yet journaled; every entry is on disk before the next begins."""
    state = session.state
    with (
        session.journal as journal,
        closing(check(state)) as observed,
        closing(timing.time(state) if state.run.audit is None else audit.conduct(state)) as timed,
    ):
        for entry in chain(observed, timed, timing.close(state)):
            journal.append(entry)
            state.add(entry)
            show(entry)


def conclude(session: Session) -> Record:
    """Write the record of what was measured, from memory; then pyperf's files and the compressed journal.

    The plain journal stays until all reports are written: a run that is killed before goes on from it.
    """
    record = session.state.record()
    store.write_record(session.folder, record)
    run, entries = store.open_journal(session.folder)
    store.write_timings(session.folder, run.machine, entries)
    store.compress_journal(session.folder)
    return record


def put_away(session: Session) -> None:
    """Leave the compressed journal alone in the folder of a run whose reports are written."""
    store.remove_plain_journal(session.folder)
