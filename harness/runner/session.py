"""One run in its folder: started or resumed, measured entry by entry, finished with record and reports."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from harness.errors import BadInput
from harness.execution.shared_core import company_factor
from harness.records import store
from harness.records.entries import Entry, RunStarted
from harness.records.machine import Machine
from harness.records.record import Record
from harness.runner import audit, timing
from harness.runner.checking import check
from harness.runner.measuring import measure_unit
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


Show = Callable[[Entry], None]
"""Shows an entry as it comes."""


def measure(session: Session, show: Show) -> None:
    """Observe and time what is not yet journaled; each unit is on disk as a whole before the next begins."""
    with session.journal:
        if session.state.run.audit is None:
            _measure_units(session, show)
        else:
            _conduct_audit(session, show)
        _journal_each(session, timing.close(session.state), show)


def _measure_units(session: Session, show: Show) -> None:
    """Measure unit by unit: a run that is killed within one begins it anew when it goes on."""
    state = session.state
    for unit in state.units:
        if not state.is_measured(unit):
            with closing(measure_unit(state, unit)) as entries:
                session.journal.append_unit(list(_shown(state, entries, show)))


def _shown(state: RunState, entries: Iterable[Entry], show: Show) -> Iterator[Entry]:
    """Add entries to the state and show them as they come."""
    for entry in entries:
        state.add(entry)
        show(entry)
        yield entry


def _conduct_audit(session: Session, show: Show) -> None:
    with closing(check(session.state)) as observed, closing(audit.conduct(session.state)) as tried:
        _journal_each(session, chain(observed, tried), show)


def _journal_each(session: Session, entries: Iterable[Entry], show: Show) -> None:
    """Have every entry on disk before the next begins."""
    for entry in entries:
        session.journal.append(entry)
        session.state.add(entry)
        show(entry)


def conclude(session: Session) -> Record:
    """Write the record of what was measured, from memory; then pyperf's files and the compressed journal.

    The plain journal stays until all reports are written: a run that is killed before goes on from it.
    """
    record = session.state.record()
    store.write_record(session.folder, record)
    run, entries = store.open_journal(session.folder)
    store.write_timings(session.folder, run, entries)
    store.compress_journal(session.folder)
    return record


def put_away(session: Session) -> None:
    """Leave the compressed journal alone in the folder of a run whose reports are written.

    Of a published run the record is compressed, too.
    """
    store.remove_plain_journal(session.folder)
    if session.state.run.published:
        store.compress_record(session.folder)
