"""One run in its folder: started or resumed, measured entry by entry, finished with record and reports."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from harness.errors import BadInput
from harness.records import store
from harness.records.entries import Begun, Entry
from harness.records.record import OnTrial, Record
from harness.report.formats.index import render as render_index
from harness.report.tables import audit as audit_tables
from harness.report.writing import files
from harness.runner import audit, timing
from harness.runner.state import Tally


@dataclass(frozen=True, slots=True)
class Session:
    """A run under way: its folder, what it has seen so far, and its journal, which nobody else may write."""

    folder: Path
    tally: Tally
    journal: store.Journal


def start(begun: Begun, results: Path, *, publish: bool) -> Session:
    """Begin a run in a folder of its own. Raises BadInput where none can be made."""
    folder = store.new_folder(results, begun.name, publish=publish)
    journal = store.Journal(folder)
    journal.append(begun)
    return Session(folder, Tally(begun), journal)


def resume(folder: Path) -> Session:
    """Go on with a run that was ended. Raises BadInput if there is none, or it is finished."""
    journal, begun, entries = store.resume(folder)
    tally = Tally(begun, entries)
    if tally.closed is not None and (folder / store.RECORD).exists():
        raise BadInput(f"{folder} is finished: loopcmp report {folder} shows it")
    return Session(folder, tally, journal)


def measure(session: Session, tell: Callable[[Entry], None]) -> None:
    """Observe and time what is not yet journaled; every entry is on disk before the next begins."""
    tally = session.tally
    with (
        session.journal as journal,
        closing(timing.check(tally)) as observed,
        closing(timing.time(tally) if tally.begun.audit is None else audit.conduct(tally)) as timed,
    ):
        for entry in chain(observed, timed, timing.close(tally)):
            journal.append(entry)
            tally.add(entry)
            tell(entry)


def finish(session: Session) -> Record:
    """Write the pyperf files, the report's, of a published run the index, and last the record."""
    folder, place = session.folder, session.folder.resolve()  # "." alone has no parent
    published = place.parent.name != store.LOCAL
    results = place.parent if published else place.parent.parent
    record = replace(session.tally.record(), on_trial=_on_trial(session.tally.begun, results))
    store.write_timings(folder, store.open_journal(folder)[1])
    for name, text in files(record):
        store.write_file(folder / name, text.encode())
    if published:  # before the record, which says that all is written
        others = (one for one in store.published(results) if one.name != place.name)
        index = render_index(sorted([*((one, _readable(one)) for one in others), (place, record)]))
        store.write_file(results / "README.md", index.encode())
    store.write_record(folder, record)
    return record


def _readable(folder: Path) -> Record | None:
    try:
        return store.read_record(folder)
    except BadInput:  # of another version, or damaged: no reason to lose a run that was just measured
        return None


def _on_trial(begun: Begun, results: Path) -> OnTrial | None:
    """What the newest audit on record here found that found anything; an audit has its own to tell."""
    if begun.audit is None:
        for folder in store.audits(results, begun.environment):
            found = _readable(folder)
            if found is not None and (said := audit_tables.sentences(found)):
                return OnTrial(folder.name, found.begun.started, said)
    return None
