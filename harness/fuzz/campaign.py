"""Runs a series of programs on backends, many at once, and looks into whatever goes wrong."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from threading import Event, Lock, Thread
from time import monotonic

from harness.errors import LoopcmpError
from harness.fuzz.findings import Suspect
from harness.fuzz.generator import Series
from harness.fuzz.investigation import Investigation
from harness.fuzz.journal import Chunk, Found, Journal, Line, Suspected
from harness.fuzz.known import KnownRow
from harness.fuzz.language import Program, task_count
from harness.fuzz.limits import Limits, Part
from harness.fuzz.outcomes import Assessment, Problem, Symptom, assess
from harness.fuzz.running import Interpreter
from harness.fuzz.state import CampaignState
from harness.fuzz.subject import Subject
from harness.fuzz.text import write_program

IN_FLIGHT = 10
"""Interpreters of one backend in real time: what they do most of the time is wait."""

_LATE_TRIES = 3
"""Runs more, with the longest instants, for a program whose runs were late."""


@dataclass(slots=True)
class _Counts:
    programs: int = 0
    judged: int = 0
    undecided: int = 0
    late: int = 0
    several_tasks: int = 0
    known: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)

    def chunk(self, backend: str, first: int) -> Chunk:
        """The line that says it."""
        known = {name: times for name, times in self.known.items() if times}
        return Chunk(
            backend, first, self.programs, self.judged, self.undecided, self.late, self.several_tasks,
            known, dict(self.again),
        )  # fmt: skip


class Campaign:
    """A series of programs on backends. `show` is called after each line of the journal."""

    def __init__(
        self,
        subjects: Sequence[Subject],
        series: Series,
        state: CampaignState,
        journal: Journal,
        rows: Sequence[KnownRow] = (),
        *,
        show: Callable[[Line], None] = lambda _: None,
    ) -> None:
        self._subjects = subjects
        self._series = series
        self._state = state
        self._journal = journal
        self._rows = rows
        self._show = show
        self._lock = Lock()
        self._interrupt = Event()
        """Set: every interpreter is ended at once."""
        self._deadline = inf
        self.errors: dict[str, str] = {}
        """Why a backend could not be run to the end, by its name."""

    def run(self, limits: Limits, part: Part) -> None:
        """Run until a limit is reached, or until it is interrupted; then every interpreter has ended."""
        self._deadline = monotonic() + limits.seconds
        threads = []
        for subject in self._subjects:
            chunks = part.chunks(limits.programs)
            count = 1 if subject.virtual else IN_FLIGHT
            threads += [Thread(target=self._work, args=(subject, chunks), daemon=True) for _ in range(count)]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():
                    thread.join(1.0)
        except BaseException:
            self._interrupt.set()
            for thread in threads:
                if thread.ident is not None:
                    thread.join()
            raise

    def _work(self, subject: Subject, chunks: Iterator[tuple[int, int]]) -> None:
        try:
            with Interpreter(subject, self._interrupt) as interpreter:
                self._resume(subject, interpreter)
                while (chunk := self._next(subject, chunks)) is not None:
                    self._run_chunk(subject, interpreter, *chunk)
        except LoopcmpError as error:
            self.errors[subject.name] = str(error)
        except Exception as error:
            self.errors[subject.name] = f"{type(error).__name__}: {error}"
            raise

    def _resume(self, subject: Subject, interpreter: Interpreter) -> None:
        """Look into what an earlier process had found, and had not looked into when it ended."""
        while not self._interrupt.is_set():
            with self._lock:
                mine = [
                    one for one, suspect in self._state.pending.items() if suspect.backend == subject.name
                ]
                if not mine:
                    return
                suspect = self._state.pending.pop(mine[0])
            self._look_into(subject, interpreter, suspect)

    def _next(self, subject: Subject, chunks: Iterator[tuple[int, int]]) -> tuple[int, int] | None:
        with self._lock:
            while not self._is_over():
                chunk = next(chunks, None)
                if chunk is None or not self._state.is_done(subject.name, *chunk):
                    return chunk
        return None

    def _is_over(self) -> bool:
        return self._interrupt.is_set() or monotonic() >= self._deadline

    def _run_chunk(self, subject: Subject, interpreter: Interpreter, first: int, count: int) -> None:
        programs = [self._series.program(number) for number in range(first, first + count)]
        counts = _Counts()
        wrong: list[tuple[int, Assessment]] = []
        for index, run in enumerate(interpreter.run(programs)):
            assessment = assess(subject, programs[index], run)
            counts.programs += 1
            counts.several_tasks += task_count(programs[index]) > 1
            if assessment.is_well:
                self._count(assessment, counts)
            else:
                wrong.append((index, assessment))
            if self._is_over():
                interpreter.end()
                break
        if any(symptom.problem is Problem.LAW for _, assessment in wrong for symptom in assessment.symptoms):
            interpreter.end()  # one whose loop leaves descriptors would soon have none
        for index, assessment in wrong:
            before = programs[index - 1] if index else None
            self._wrong(subject, interpreter, (first + index, programs[index], before), assessment, counts)
        if not self._interrupt.is_set():
            self._add(counts.chunk(subject.name, first))

    def _count(self, assessment: Assessment, counts: _Counts) -> None:
        """A program with which nothing is wrong that is not known."""
        counts.undecided += assessment.undecided
        counts.judged += not assessment.undecided
        for row in self._rows:
            counts.known[row.name] += row.quirk in assessment.quirks

    def _wrong(
        self,
        subject: Subject,
        interpreter: Interpreter,
        what: tuple[int, Program, Program | None],
        assessment: Assessment,
        counts: _Counts,
    ) -> None:
        """A program went wrong: with longer instants it may not; else each symptom is looked into."""
        number, program, before = what
        patient = self._patiently(subject, interpreter, program, assessment)
        if patient is None:
            return
        if patient.is_well:
            self._count(patient, counts)
            return
        if patient.is_late:
            counts.late += 1
            return
        counts.judged += 1
        for symptom in patient.symptoms:
            suspect = Suspect(
                subject.name, number, write_program(program), write_program(before) if before else "",
                symptom.problem, symptom.signature,
            )  # fmt: skip
            self._suspect(subject, interpreter, suspect, counts)

    def _patiently(
        self, subject: Subject, interpreter: Interpreter, program: Program, assessment: Assessment
    ) -> Assessment | None:
        """What is said of a program when it is given time; None if the campaign was stopped.

        One that is late, and that was not starved of a CPU, is late by the loop's fault if it always is.
        """
        if not any(self._needs_patience(subject, symptom) for symptom in assessment.symptoms):
            return _not_late(assessment)
        longest = subject.scales[-1]
        for scale in (*subject.scales[1:], *[longest] * _LATE_TRIES):
            run = interpreter.run_one(program, scale)
            if run is None:
                return None
            assessment = assess(subject, program, run)
            starved = assessment.is_starved(subject.instant(scale))
            if assessment.is_well or (scale == longest and not assessment.is_late):
                return assessment
        return assessment if starved else _not_late(assessment)

    def _needs_patience(self, subject: Subject, symptom: Symptom) -> bool:
        """Whether it may be the machine's fault: a trace that parts, in a way that is not known yet."""
        if not symptom.problem.is_of_trace or subject.virtual:
            return False
        with self._lock:
            return not self._state.seen_before((subject.name, symptom.problem, symptom.signature))

    def _suspect(self, subject: Subject, interpreter: Interpreter, suspect: Suspect, counts: _Counts) -> None:
        with self._lock:
            finding_id = self._state.seen_before((suspect.backend, suspect.problem, suspect.signature))
        if finding_id is not None:
            counts.again[finding_id] += 1
            return
        self._add(Suspected(suspect))
        self._look_into(subject, interpreter, suspect)

    def _look_into(self, subject: Subject, interpreter: Interpreter, suspect: Suspect) -> None:
        finding = Investigation(subject, interpreter, suspect).conclude()
        if not self._interrupt.is_set():
            self._add(Found(suspect, finding))

    def _add(self, line: Line) -> None:
        self._journal.append(line)
        with self._lock:
            self._state.add(line)
        self._show(line)


def _not_late(assessment: Assessment) -> Assessment:
    """The same, of which it is the loop's fault if it is late."""
    return replace(
        assessment, symptoms=tuple(replace(symptom, is_late=False) for symptom in assessment.symptoms)
    )
