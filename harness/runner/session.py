"""One run in its folder: started or resumed, measured entry by entry, finished with record and reports."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from harness.errors import BadInput
from harness.execution.machine import describe_machine
from harness.execution.shared_core import company_factor
from harness.records import store
from harness.records.entries import Entry, HostJoined, RunStarted
from harness.records.machine import Machine
from harness.records.record import Record
from harness.runner import audit, timing
from harness.runner.checking import check
from harness.runner.joining import number_before, this_host
from harness.runner.measuring import measure_unit
from harness.runner.state import RunState
from harness.runner.units import Unit


@dataclass(frozen=True, slots=True)
class Session:
    """A run under way: its folder, what it has seen so far, and its journal, which nobody else may write."""

    folder: Path
    state: RunState
    journal: store.Journal

    def unmeasured_units(self, on_hosts: int = 1) -> list[Unit]:
        """Return the units that are not yet in the journal, in the order in which they are measured.

        With more than one host, a unit is there once for each host that is still to measure it.
        """
        left = ([unit] * (on_hosts - len(self.state.hosts_of(unit))) for unit in self.state.units)
        return [*chain.from_iterable(left)]


def start(run: RunStarted, results: Path, *, publish: bool, here: bool = True) -> Session:
    """Begin a run in a folder of its own; `here` tells that this machine measures it.

    Raises BadInput where no folder can be made.
    """
    folder = store.new_folder(results, run.name, publish=publish)
    machine = _with_company(run) if here else run.machine
    journal, fixed = store.Journal(folder), replace(run, published=publish, machine=machine)
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


MeasureUnits = Callable[[Session, Show], None]
"""Measures the units of a run that are not yet journaled: on this machine, or on others."""


def measure(session: Session, show: Show, measure_units: "MeasureUnits | None" = None) -> None:
    """Observe and time what is not yet journaled; each unit is on disk as a whole before the next begins."""
    with session.journal:
        if session.state.run.audit is None:
            (measure_units or measure_units_here)(session, show)
        else:
            _conduct_audit(session, show)
        _journal_each(session, timing.close(session.state), show)


def measure_units_here(session: Session, show: Show) -> None:
    """Measure unit by unit: a run that is killed within one begins it anew when it goes on."""
    left = session.unmeasured_units()
    host = number_here(session) if left and session.state.run.hosts else 1
    for unit in left:
        with closing(measure_unit(session.state, unit, host=host)) as entries:
            session.journal.append_unit(list(_shown(session.state, entries, show)))


def number_here(session: Session) -> int:
    """Return this machine's number among the hosts of a run: the one that it had before, where it had one."""
    run, joined = session.state.begun, session.state.joined
    host = this_host(run, _this_machine(session.state.run))
    return number_before(host, joined) or join_host(session, host)


def join_host(session: Session, host: HostJoined) -> int:
    """Have a host in the journal that is going to measure, and return its number."""
    joined = replace(host, number=len(session.state.run.hosts) + 1)
    session.journal.append(joined)
    session.state.add(joined)
    return joined.number


def _this_machine(run: RunStarted) -> Machine:
    """Return this machine, which goes on with a run of several hosts."""
    return _with_company(replace(run, machine=describe_machine(run.plan.backends)))


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
