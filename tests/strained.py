"""Records that strain a page: sixty benchmarks on twelve backends, and text that acts as something else."""

from dataclasses import replace
from functools import cache
from random import Random

from harness.analysis.intervals import judge_ratio
from harness.backends.backend import Backend, Loop
from harness.protocol.benchmarks import Promise
from harness.protocol.observations import ProcessObservations, WorkerExit
from harness.records.entries import CaseObserved
from harness.records.estimate import Estimate
from harness.records.record import BenchmarkResult, CaseResult, Record, SelfTestCheck, Timing
from harness.records.stop_reason import StopKind, StopReason
from harness.records.verdict import CaseVerdict, Verdict
from tests.records import (
    ASYNCIO,
    PACE,
    UVLOOP,
    begun,
    fake_benchmark,
    observation,
    plan,
    record_of,
    returned,
    twice,
)


def estimate(value: float, width: float) -> Estimate:
    return Estimate(value, value * (1 - width), value * (1 + width), 20)


def timing(draw: Random, ratio: float | None) -> Timing:
    seconds = estimate(1e-4 * (ratio or 1), 0.02)
    timed = Timing(
        {
            "seconds": seconds,
            "cpu_seconds": seconds,
            "context_switches": estimate(2, 0.1),
            "collecting_share": estimate(0.01, 0.1),
            "peak_bytes": estimate(2**20, 0.1),
            "startup_cpu_seconds": estimate(0.09, 0.01),
        }
    )
    if ratio is None:
        return timed
    shown = estimate(ratio, 0.01)
    samples = tuple(draw.gauss(0, 0.01) for _ in range(50))
    return replace(timed, ratio=shown, mean_ratio=ratio, judgement=judge_ratio(shown, 0.01), samples=samples)


@cache
def sixty_by_twelve() -> Record:
    """A record of 60 benchmarks on 12 backends, each with a number."""
    draw = Random(1)
    swept = [
        fake_benchmark(f"swept_{at // 4}", returned(1), parameters=(("n", 10 ** (at % 4)),))
        for at in range(24)
    ]
    rows = [*swept, *(fake_benchmark(f"scenario_{at}", returned(1)) for at in range(36))]
    loops = [Backend(Loop(f"loop{at}", factory=f"loop{at}:new"), "gather") for at in range(9)]
    planned = plan(*rows)
    planned = replace(planned, backends=(*planned.backends, *loops))
    names = [backend.name for backend in planned.backends]
    lines = []
    for one in rows:
        ratios = {name: None if name == ASYNCIO else 2 ** draw.uniform(-1, 1) for name in names}
        cells = [
            CaseResult(
                name,
                CaseVerdict(Verdict.SAME_RESULT),
                Promise(),
                twice(observation(returned(1))),
                timing(draw, ratio),
            )
            for name, ratio in ratios.items()
        ]
        lines.append(
            BenchmarkResult(
                one, tuple(cells), PACE, 50, StopReason(StopKind.PRECISION, 0.02), estimate(1, 0.01)
            )
        )
    return Record(begun(planned), tuple(lines), (), SelfTestCheck(60, 3, 8), None)


HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "the end of a script": "</script><script>alert(1)</script>",
    "the end of an attribute": '" onmouseover="alert(1)" x=\'',
    "a comment": "<!-- gone",
    "an entity": "&lt;b&gt; &amp;amp; &#0;",
    "a template": "{{ 7 * 7 }}{% raw %}",
    "an address": "javascript:alert(1)",
    "a color": "\x1b[31mred\x1b[0m",
    "nothing": "nu\x00l",
    "right to left": "\u202egnirts \u2066x",
    "a line separator": "one\u2028two",
    "a letter from the right": "א ב",
    "half a pair": "\ud800".encode("unicode_escape").decode(),
}


TIMED = "uvloop+taskgroup"
"""The backend of the hostile record that has a number: its result is the one that was promised."""


def hostile(text: str) -> Record:
    """A record in which everything that others choose is this text."""
    promised = replace(
        fake_benchmark(text, returned(text)),
        summary=text,
        source=f"{text}:1",
        text=text,
        parameters=(("name", text),),
    )
    entries = (
        CaseObserved(promised.id, ASYNCIO, twice(observation(returned(text), text))),
        CaseObserved(promised.id, UVLOOP, (ProcessObservations(ended=WorkerExit(f"ended by {text}", text)),)),
        CaseObserved(promised.id, "trio+nursery", twice(observation(returned(text + "!"), text))),
        CaseObserved(promised.id, TIMED, twice(observation(returned(text), text))),
    )
    record = record_of(plan(promised, on=(ASYNCIO, UVLOOP, "trio+nursery", TIMED)), *entries)
    timed = tuple(
        replace(cell, timing=replace(timing(Random(1), 2.0), flags=(text,)))
        if cell.backend == TIMED
        else cell
        for cell in record.results[0].cases
    )
    line = replace(
        record.results[0], cases=timed, stop_reason=StopReason(StopKind.OTHER, detail=text), rounds=50
    )
    environment = replace(record.run.machine, cpu=text, versions=((text, text),))
    return replace(
        record,
        run=replace(record.run, name=text, command=text, machine=environment),
        results=(line,),
    )
