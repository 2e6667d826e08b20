"""From a program that went wrong once to a finding: is it seen again, how small can it be, and how often."""

from time import monotonic

from harness.fuzz.findings import Finding, Suspect
from harness.fuzz.language import Program
from harness.fuzz.outcomes import Problem, Run, Symptom, assess
from harness.fuzz.running import LESS_PATIENCE, PATIENCE, Interpreter
from harness.fuzz.shrinker import shrink
from harness.fuzz.subject import Subject
from harness.fuzz.text import read_program, write_program

CONFIRMATIONS = 10
"""Runs of the program of a finding that say how often it is seen."""

_TRIES = 4
"""Runs in which something that was seen once has to be seen again."""

_ONCE = ("descriptors left", "threads left")
"""Laws that a process may seem to break once, when it opens what it keeps: these must be broken again."""

_SECONDS = 90.0
"""Seconds for which a program is made smaller at most."""


class Investigation:
    """Looks into one suspect, with an interpreter of its own backend."""

    def __init__(self, subject: Subject, interpreter: Interpreter, suspect: Suspect) -> None:
        self._subject = subject
        self._interpreter = interpreter
        self._suspect = suspect
        self._before: Program | None = None
        self._scale = subject.scales[len(subject.scales) // 2]
        """Long enough for a busy machine, and short enough for the many runs that shrinking takes."""
        self._deadline = monotonic() + _SECONDS
        self._is_steady = True

    def conclude(self) -> Finding:
        """The finding; one that is `confirmed` in none of its tries was not seen again."""
        original = program = read_program(self._suspect.program)
        if self._suspect.problem is Problem.HUNG:
            self._interpreter.patience = LESS_PATIENCE
        try:
            if self._is_seen_again(program):
                program = shrink(program, self._still_fails)
                if self._before is not None:
                    self._before = shrink(self._before, lambda before: self._fails_after(before, program))
            return self._confirmed(program, original)
        finally:
            self._interpreter.patience = PATIENCE

    def confirm(self) -> Finding:
        """The finding as it is, without making it smaller."""
        program = read_program(self._suspect.program)
        if self._suspect.before:
            self._before = read_program(self._suspect.before)
        return self._confirmed(program, program)

    def _is_seen_again(self, program: Program) -> bool:
        if self._is_seen_now(program):
            return True
        if not self._suspect.before or _law(self._suspect.signature) in _ONCE:
            return False
        self._before = read_program(self._suspect.before)
        if self._is_seen_now(program):
            return True
        self._before = None
        return False

    def _is_seen_now(self, program: Program) -> bool:
        """Whether it is seen in some of a few runs; if in all, it is expected of smaller programs too."""
        seen = [self._symptom(self._run(program), program) is not None for _ in range(_TRIES)]
        self._is_steady = all(seen)
        return any(seen)

    def _run(self, program: Program) -> Run | None:
        if self._before is not None:
            return self._interpreter.run_alone([self._before, program], self._scale)
        return self._interpreter.run_one(program, self._scale)

    def _symptom(self, run: Run | None, program: Program) -> Symptom | None:
        """What is wrong with a run, if it is of the kind that is looked into.

        A run that was late, and starved of a CPU, says nothing.
        """
        if run is None:
            return None
        assessment = assess(self._subject, program, run)
        if assessment.is_late and assessment.is_starved(self._subject.instant(self._scale)):
            return None
        for symptom in assessment.symptoms:
            if symptom.problem is self._suspect.problem and (
                symptom.problem is not Problem.LAW or _law(symptom.signature) == _law(self._suspect.signature)
            ):
                return symptom
        return None

    def _still_fails(self, program: Program) -> bool:
        """Two of two runs show it; where it is not seen every time, one of many."""
        if monotonic() > self._deadline:
            return False
        if self._is_steady:
            return all(self._symptom(self._run(program), program) for _ in range(2))
        return any(self._symptom(self._run(program), program) for _ in range(2 * _TRIES))

    def _fails_after(self, before: Program, program: Program) -> bool:
        whole, self._before = self._before, before
        fails = self._still_fails(program)
        self._before = whole
        return fails

    def _confirmed(self, program: Program, original: Program) -> Finding:
        self._scale = self._subject.scales[-1]
        seen: list[tuple[Symptom, Run]] = []
        for _ in range(CONFIRMATIONS):
            run = self._run(program)
            symptom = self._symptom(run, program)
            if run is not None and symptom is not None:
                seen.append((symptom, run))
        suspect = self._suspect
        symptom, run = seen[-1] if seen else (Symptom(suspect.problem, suspect.signature), None)
        return Finding(
            backend=suspect.backend,
            problem=suspect.problem,
            signature=symptom.signature,
            program=write_program(program),
            original=write_program(original),
            number=suspect.number,
            confirmed=len(seen),
            tries=CONFIRMATIONS,
            trace=tuple(run.ran.trace) if run else (),
            position=symptom.position,
            allowed=symptom.allowed,
            before=write_program(self._before) if self._before else "",
            stderr=run.stderr if run else "",
        )


def _law(signature: str) -> str:
    return signature.partition(":")[0]
