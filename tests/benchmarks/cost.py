"""What loopcmp itself costs: the parent's CPU, its memory, and the time to render a large record.

    python tests/benchmarks/cost.py [parent|memory|render|open|publish …]

`parent` runs real rounds of one row and sets the parent's own CPU time against the time that workers
measure (bar 2%). `memory` keeps a run of 10,000 cells, 20 rounds each, in a tally and makes its record (bar
200 MB). `render` renders that record in every format, each in a process of its own (bar 5 s of CPU). `open`
has Chromium open a page of 60 scenarios on 12 backends (bar 1 s, the middle of five). `publish` builds a
site of 1,000 records, and again with one more (bar 60 s).
Nothing here is run by pytest. Exit code 1 if a bar is missed.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter, process_time

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # tests.records, when this is run as a script

SHARE, MEMORY, SECONDS, OPENED, SITE = 0.02, 200, 5.0, 1.0, 60.0
"""The bars: of the time that workers measure; MB; seconds of CPU; seconds until a page or a site is there."""

ROW = "order:n=100"
FORMATS = ("terminal", "markdown", "html", "csv", "json")


def main() -> int:
    """Try what was named, or all; gives the exit code."""
    chosen = sys.argv[1:] or list(TRIALS)
    if unknown := [name for name in chosen if name.partition("=")[0] not in {*TRIALS, "format"}]:
        sys.exit(f"{', '.join(unknown)}: choose among {', '.join(TRIALS)}")
    held = [TRIALS[name]() if name in TRIALS else render(name) for name in chosen]
    return int(not all(held))


def parent() -> bool:
    """The parent's own CPU time from a row's calibration to its last round, journal included."""
    from harness.analysis.intervals import estimate
    from harness.records.entries import BenchmarkCalibrated, Entry, RoundMeasured
    from harness.records.plan import DEFAULT
    from harness.runner import session
    from harness.runner.planning import RunRequest, plan_run

    loading = process_time()
    estimate([0.0] * 20, 0.95)
    loading = process_time() - loading
    begun = plan_run(RunRequest([ROW], [], [], None, 30.0, DEFAULT))
    marks: list[tuple[float, Entry]] = []
    with tempfile.TemporaryDirectory() as folder:
        run = session.start(begun, Path(folder), publish=False)
        session.measure(run, lambda entry: marks.append((process_time(), entry)))
    played = [entry for _, entry in marks if isinstance(entry, RoundMeasured)]
    measured = sum(value.wall for entry in played for arm in entry.arms for value in arm.values) / 1e9
    start = next(at for at, entry in marks if isinstance(entry, BenchmarkCalibrated))
    end = max(at for at, entry in marks if isinstance(entry, RoundMeasured))
    share = (end - start) / measured
    print(
        f"parent: {end - start:.2f} s of its own CPU while workers measured {measured:.1f} s in {len(played)}"
        f" rounds of {ROW}: {share:.2%} (bar {SHARE:.0%}); once a run, {loading:.1f} s to load the statistics"
    )
    return share <= SHARE


def memory() -> bool:
    """The highest resident size of a process that keeps a run of 10,000 cells and makes its record."""
    from harness.runner.state import RunState
    from tests.benchmarks.large import large_plan, large_run

    before = peak()
    tally = RunState(large_plan())
    for entry in large_run():
        tally.add(entry)
    record = tally.record()
    cells = sum(len(line.cases) for line in record.results)
    most = peak()
    print(
        f"memory: {most:.0f} MB for a run of {cells:,} cells and its record (bar {MEMORY} MB);"
        f" {before:.0f} MB before"
    )
    return most <= MEMORY


def every_format() -> bool:
    """Each format in a process of its own, so that none pays for another."""
    ends = [subprocess.run([sys.executable, __file__, f"format={form}"], check=False) for form in FORMATS]
    return not any(end.returncode for end in ends)


def render(chosen: str) -> bool:
    """One format's CPU time and memory, without those of making the record."""
    from harness import report
    from tests.benchmarks.large import large_record

    form = chosen.removeprefix("format=")
    record = large_record()
    before, start = peak(), process_time()
    text = report.render(record, report.Format(form))
    seconds = process_time() - start
    print(
        f"render: {form} in {seconds:.1f} s of CPU (bar {SECONDS:.0f} s), {len(text) / 1e6:.1f} MB of text,"
        f" {peak():.0f} MB resident at most, {before:.0f} MB before"
    )
    return seconds <= SECONDS


def opening() -> bool:
    """The seconds from a navigation to the end of its load event, as Chromium's own clock has them."""
    from harness import report
    from tests.browsing import DESK, Browser
    from tests.strained import sixty_by_twelve

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = Path(folder) / "large.html"
        page.write_text(report.render(sixty_by_twelve(), report.Format.HTML), encoding="utf-8")
        browser = Browser(Path(folder) / "chromium")
        taken = []
        for _ in range(5):
            browser.open(page.as_uri(), DESK)
            taken.append(browser.load_milliseconds() / 1000)
        browser.close()
        size = page.stat().st_size / 1e6
    print(f"open: {size:.1f} MB in {median(taken):.2f} s (bar {OPENED:.0f} s)")
    return median(taken) <= OPENED


def publishing() -> bool:
    """The seconds that a site of many records takes, and one more record."""
    from harness.report.site.build import publish
    from tests.records import everything
    from tests.stored import put

    with tempfile.TemporaryDirectory() as folder:
        results, site = Path(folder) / "results", Path(folder) / "site"
        for number in range(1000):
            put(results, f"2026-{number:04}", everything(), f"{2000 + number}-01-01T00:00:00+00:00")
        start = perf_counter()
        publish(results, site)
        first = perf_counter() - start
        put(results, "3001-new", everything(), "3001-01-01T00:00:00+00:00")
        start = perf_counter()
        publish(results, site)
        again = perf_counter() - start
    print(f"publish: 1,000 records in {first:.1f} s (bar {SITE:.0f} s), one more in {again:.1f} s")
    return first <= SITE


def peak() -> float:
    """The highest resident size of this process so far, in MB."""
    most = getrusage(RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


TRIALS: dict[str, Callable[[], bool]] = {
    "parent": parent,
    "memory": memory,
    "render": every_format,
    "open": opening,
    "publish": publishing,
}

if __name__ == "__main__":
    sys.exit(main())
