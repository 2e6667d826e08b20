"""One benchmark per fault: what a hostile loop or scenario does, its verdict, and the evidence for that."""

import os
import re
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.analysis.verdicts import judge
from harness.backends.backend import Backend, Loop
from harness.backends.registry import find_backend
from harness.execution import containment, orphans
from harness.execution.listing import list_benchmarks
from harness.execution.machine import PYTHON
from harness.execution.observing import observe_in_process
from harness.execution.templates import Template
from harness.protocol.benchmarks import Benchmark
from harness.protocol.descriptions import Outcome
from harness.protocol.observations import Observation, ProcessObservations
from harness.records.verdict import CaseVerdict, Verdict
from harness.worker.describing import Describer
from tests.hostile.acts import ACTS, GIB

pytestmark = [pytest.mark.workers, pytest.mark.long]

PATIENCE = 120.0
"""Seconds in which any worker gets something done, however busy the machine."""

SHORT = 5.0
"""Seconds that a case is given which will not end in any time."""

MIB = 2**20

SAME_RESULT, DIFFERENT_RESULT, CRASHED, TIMED_OUT = (
    Verdict.SAME_RESULT,
    Verdict.DIFFERENT_RESULT,
    Verdict.CRASHED,
    Verdict.TIMED_OUT,
)

FAULTS: dict[str, tuple[Verdict, str]] = {
    "segfault": (CRASHED, r"killed by SIGSEGV(?s:.*)Segmentation fault(?s:.*)in segfault"),
    "abort": (CRASHED, r"killed by SIGABRT(?s:.*)in abort"),
    "exit_0": (CRASHED, "exited with status 0 before it had answered"),
    "exit_1": (CRASHED, "exited with status 1 before it had answered"),
    "sys_exit": (DIFFERENT_RESULT, r"it raised something else.*raised SystemExit\('enough'\)"),
    "keyboard_interrupt": (DIFFERENT_RESULT, r"it raised something else.*raised KeyboardInterrupt\(\)"),
    "endless_loop": (TIMED_OUT, r"was not done after 5 s(?s:.*)in endless_loop"),
    "hold_the_gil": (TIMED_OUT, r"was not done after 5 s(?s:.*)in hold_the_gil"),
    "ignore_signals": (TIMED_OUT, "was not done after 5 s"),
    "stop": (TIMED_OUT, r"was not done after 5 s(?s:.*)stopped by a signal"),
    "daemon": (CRASHED, "exited with status 0 before it had answered"),
    "child_left": (SAME_RESULT, "leaves 1 child process a loop"),
    "flood": (SAME_RESULT, ""),
    "print_much": (DIFFERENT_RESULT, r"it printed something else.*and 32 more lines, sha256 [0-9a-f]{64}"),
    "grow": (CRASHED, r"ran out of memory: it had .* GiB and asked for more than the 1\.00 GiB"),
    "ten_thousand_descriptors": (SAME_RESULT, "leaves 100 descriptors a loop"),
    "all_descriptors": (SAME_RESULT, r"leaves \d+ descriptors a loop"),
    "close_our_pipe": (CRASHED, r"exited with status 1(?s:.*)on which this worker answers, was closed"),
    "take_our_pipe": (CRASHED, r"closed the pipe on which it answers|was closed from inside"),
    "close_our_pipe_and_hang": (CRASHED, "closed the pipe on which it answers and went on"),
    "rubbish": (CRASHED, "wrote what is no message: b'rubbish'"),
    "half_a_message": (CRASHED, 'wrote what is no message: b\'{"kind":"seen"'),
    "deep_message": (CRASHED, "wrote what is no message"),
    "endless_messages": (CRASHED, "sent more than the 8 observations of a worker"),
    "slow_messages": (TIMED_OUT, "was not done after 5 s"),
    "huge_value": (DIFFERENT_RESULT, r"it returned something else.*bytes\(268435456 bytes, sha256"),
    "deep_value": (DIFFERENT_RESULT, r"it returned something else.*deeper than 50 levels"),
    "deep_recursion": (DIFFERENT_RESULT, "it raised something else.*raised RecursionError"),
    "patch_time": (SAME_RESULT, ""),
    "change_folder": (SAME_RESULT, ""),
    "remove_folder": (SAME_RESULT, ""),
    "nest_folders": (SAME_RESULT, ""),
    "locale_and_signals": (SAME_RESULT, ""),
    "endless_thread": (SAME_RESULT, "leaves 1 thread a loop"),
    "temporary_file": (SAME_RESULT, "leaves the file tmp… a loop"),
    "spiteful_error": (
        DIFFERENT_RESULT,
        r"it raised something else.*Spiteful: its arguments raise ValueError",
    ),
    "spiteful_log": (SAME_RESULT, "reports other"),
    "deep_group": (
        DIFFERENT_RESULT,
        "it raised something else.*(ExceptionGroup.*deeper than 50 levels|RecursionError)",
    ),
    "close_stdout": (SAME_RESULT, ""),
}

QUIET = Observation(Outcome("returned", Describer().describe("fine")))
"""What a baseline does that keeps its promise: prints nothing, and leaves nothing."""

ENDLESS = {name for name, (verdict, _) in FAULTS.items() if verdict is TIMED_OUT}

IN_STORIES_ONLY = {"huge_value", "deep_value"}
"""Faults that are a value, which a loop has no say in."""


@pytest.fixture(scope="module")
def rows() -> dict[str, Benchmark]:
    return {row.id: row for row in list_benchmarks([("tests.hostile.scenarios", "user")])}


@pytest.fixture
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No process, pipe or file of a worker is there afterwards, and little memory was taken here."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(containment, "memory_limit", lambda: GIB)
    before = _descriptors(), orphans.adopted()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert (_descriptors(), orphans.adopted()) == before
    assert _processes_in(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 64 * MIB / 1024


def _descriptors() -> list[str]:
    return sorted(os.listdir("/dev/fd"))  # noqa: PTH208 - only names are wanted


def _processes_in(folder: Path) -> list[str]:
    """The processes that have a worker's folder under this one as their temporary folder."""
    found = []
    for about in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"TMPDIR={folder}".encode() in about.read_bytes():
                found.append(about.parent.name)
        except OSError:
            continue
    return found


def judged(row: Benchmark, backend: Backend, sighting: ProcessObservations) -> tuple[CaseVerdict, str]:
    """The verdict on what one process saw, and all the evidence for it in words."""
    finding = judge(row, backend.name, PYTHON, (sighting,), QUIET)
    parts = [finding.reason, finding.blemish]
    if finding.mismatch is not None:
        parts += finding.mismatch.observed
    if sighting.ended is not None:
        parts.append(sighting.ended.output)
        parts += [f"in {frame.function}" for task in sighting.ended.waiting for frame in task.frames]
    return finding, " ".join(parts)


def test_every_act_has_a_verdict() -> None:
    assert FAULTS.keys() == ACTS.keys()


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_has_its_verdict_and_evidence_and_the_next_case_is_unaffected(
    rows: dict[str, Benchmark], fault: str
) -> None:
    asyncio = find_backend("asyncio")
    loop = Backend(Loop("hostile", factory=f"tests.hostile.loops:{fault}"), "gather")
    cases = [(rows[f"hostile:act={fault}"], asyncio)]
    if fault not in IN_STORIES_ONLY:
        cases.append((rows["control"], loop))
    timeout = SHORT if fault in ENDLESS else PATIENCE
    with ThreadPoolExecutor(len(cases)) as pool:
        sightings = [pool.submit(observe_in_process, *case, timeout) for case in cases]
    verdict, evidence = FAULTS[fault]
    for case, sighting in zip(cases, sightings, strict=True):
        finding, words = judged(*case, sighting.result())
        assert finding.kind is verdict, words
        assert re.search(evidence, words), words
    after = observe_in_process(rows["control"], asyncio, PATIENCE)
    assert judged(rows["control"], asyncio, after)[0] == CaseVerdict(SAME_RESULT)


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    with Template(find_backend("asyncio").loop) as template:
        yield template


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_forked_worker_has_the_same_verdict_and_the_next_fork_is_unaffected(
    rows: dict[str, Benchmark], fault: str, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containment, "memory_limit", lambda: GIB)
    asyncio, benchmark = find_backend("asyncio"), rows[f"hostile:act={fault}"]
    timeout = SHORT if fault in ENDLESS else PATIENCE
    verdict, evidence = FAULTS[fault]
    finding, words = judged(
        benchmark, asyncio, observe_in_process(benchmark, asyncio, timeout, None, template)
    )
    assert finding.kind is verdict, words
    assert re.search(evidence, words), words
    after = observe_in_process(rows["control"], asyncio, PATIENCE, None, template)
    assert judged(rows["control"], asyncio, after)[0] == CaseVerdict(SAME_RESULT)
    assert template.is_running
