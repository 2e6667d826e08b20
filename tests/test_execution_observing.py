"""What fresh processes say of modules, loops and cases, and what the parent makes of it."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.backends.backend import Backend, EnvironmentSpec, Loop
from harness.backends.registry import find_backend
from harness.errors import BadInput, ScenarioBroken
from harness.execution.environments.interpreters import InterpreterPath
from harness.execution.listing import HOW_TO_GET_IT, check_loop, list_benchmarks, module_to_import
from harness.execution.observing import case_spec, observe_in_process
from harness.protocol.benchmarks import Benchmark
from harness.protocol.descriptions import Outcome
from harness.protocol.messages import CaseSpec
from harness.protocol.observations import ProcessObservations, WorkerExit
from harness.runner import known_scenarios
from harness.worker.describing import Describer

workers = pytest.mark.workers

PATIENCE = 60.0
"""Seconds in which any worker gets something done, however busy the machine."""

PROBE = """
from harness.scenario import scenario

@scenario(params={"n": [1, 2]}, returns=lambda n: n)
async def probe(n):
    return n
"""


HEAD = """
from harness.scenario import scenario
looks = 0
@scenario()
async def probe():
    global looks
    looks += 1
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the user works in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def benchmark_of(path: Path, body: str) -> Benchmark:
    """The row of a scenario with this body."""
    path.write_text(f"{HEAD}    {body}\n")
    return Benchmark("probe", "user", str(path), "", "mine.py:3")


def test_a_path_is_made_absolute_and_a_dotted_name_stays(here: Path) -> None:
    assert module_to_import("some/mine.py") == str(here / "some/mine.py")
    assert module_to_import("scenarios.tutorial.order") == "scenarios.tutorial.order"


def test_a_path_that_no_message_can_hold_is_refused(here: Path) -> None:
    with pytest.raises(BadInput, match=r"jos\\udce9/mine.py' is no UTF-8: move the file"):
        module_to_import(f"{here}/jos\udce9/mine.py")


def test_an_assignment_says_what_a_worker_has_to_know(here: Path) -> None:
    row = Benchmark("probe", "user", "mine.py", "", "mine.py:3", parameters=(("n", 1),))
    assert case_spec(row, find_backend("uvloop+anyio")) == CaseSpec(
        module=str(here / "mine.py"),
        scenario="probe",
        parameters=(("n", 1),),
        family="asyncio",
        factory="uvloop:new_event_loop",
        gatherer="anyio",
    )


def test_a_loop_that_is_not_there_needs_no_worker_to_say_so() -> None:
    missing = Backend(Loop("fast", factory="no_such_package:make", distribution="fast-loop"), "gather")
    sighting = observe_in_process(Benchmark("probe", "user", "mine.py", "", "mine.py:3"), missing, PATIENCE)
    assert sighting == ProcessObservations(unavailable="fast-loop is not installed: pip install fast-loop")


def test_a_library_that_is_not_there_needs_no_worker_to_say_so() -> None:
    own = Benchmark(
        "probe", "http", "scenarios.http.probe", "", "probe.py:3", needs=("json.tool", "no_such.thing")
    )
    mine = replace(own, module="mine.py")
    asked = [observe_in_process(row, find_backend("trio"), PATIENCE).unavailable for row in (own, mine)]
    assert asked == [
        "no module named 'no_such': pip install 'loopcmp[suite]'",
        f"no module named 'no_such': {HOW_TO_GET_IT}",
    ]


@workers
@pytest.mark.parametrize("imports", ["", "import no_such.thing"], ids=["by the probe", "by its module"])
def test_a_library_that_is_not_in_an_environment_is_said_with_what_to_add_it_to(
    here: Path, monkeypatch: pytest.MonkeyPatch, imports: str
) -> None:
    (here / "mine.py").write_text(f"{imports}\n{PROBE}")
    there = replace(find_backend("asyncio"), environment=EnvironmentSpec("old", "3.12", ("anyio==4.9",)))
    monkeypatch.setattr(
        "harness.execution.observing.interpreter_for", lambda _: InterpreterPath(sys.executable, None)
    )
    row = Benchmark(
        "probe", "user", "mine.py", "", "mine.py:3", (("n", 1),), needs=("json.tool", "no_such.thing")
    )
    assert observe_in_process(row, there, PATIENCE) == ProcessObservations(
        unavailable="no module named 'no_such': add the package that brings it to --env 'old=3.12 …'"
    )


DEEP: dict[str, object] = {"type": "int", "text": "1"}
for _ in range(190):  # more than Python's recursion limit lets be written out, fewer than JSON may be nested
    DEEP = {"type": "list", "parts": [DEEP]}
PLAIN: dict[str, object] = {"how": "returned", "what": {"type": "int", "text": "1"}}


@workers
@pytest.mark.parametrize(
    "observation",
    [
        {"outcome": {"how": "returned", "what": DEEP}},
        {"outcome": PLAIN, "diagnostics": [{"kind": "other", "exception": DEEP}]},
    ],
    ids=["outcome", "complaint"],
)
def test_what_is_nested_so_deeply_that_it_cannot_be_written_out_is_no_observation(
    tmp_path: Path, observation: dict[str, object]
) -> None:
    said = json.dumps({"kind": "seen", "message": {"observation": observation, "times": 1}}) + "\n"
    body = f"import os, sys; os.write(int(sys.argv[2]), {said.encode()!r}); os._exit(0)"
    sighting = observe_in_process(benchmark_of(tmp_path / "mine.py", body), find_backend("asyncio"), PATIENCE)
    assert sighting.ended == WorkerExit(f"wrote a message that is nested too deeply: {said.encode()[:80]!r}")


@workers
def test_a_worker_that_ran_out_of_memory_has_ended_so_and_not_at_a_line(tmp_path: Path) -> None:
    told = {"kind": "out of memory", "message": {"message": "ran out of memory: it had 3.00 GiB"}}
    body = f"import os, sys; os.write(int(sys.argv[2]), {json.dumps(told).encode()!r} + b'\\n'); os._exit(0)"
    sighting = observe_in_process(benchmark_of(tmp_path / "mine.py", body), find_backend("asyncio"), PATIENCE)
    assert sighting.ended == WorkerExit("ran out of memory: it had 3.00 GiB")


@workers
def test_benchmarks_are_listed_module_by_module_under_the_paths_that_were_typed(here: Path) -> None:
    (here / "mine.py").write_text(PROBE)
    (here / "some").mkdir()
    (here / "some/mine.py").write_text(PROBE.replace("probe", "other"))
    rows = list_benchmarks([("mine.py", "a"), ("some/mine.py", "b")])
    assert [(row.id, row.family, row.module, row.source) for row in rows] == [
        ("probe:n=1", "a", "mine.py", "mine.py:4"),
        ("probe:n=2", "a", "mine.py", "mine.py:4"),
        ("other:n=1", "b", "some/mine.py", "some/mine.py:4"),
        ("other:n=2", "b", "some/mine.py", "some/mine.py:4"),
    ]
    assert rows[1].promise.outcome == Outcome("returned", Describer().describe(2))


@workers
def test_a_module_that_does_not_import_is_named_as_it_was_typed_with_its_own_frames(here: Path) -> None:
    (here / "mine.py").write_text("\nraise ValueError('Oops')")
    with pytest.raises(ScenarioBroken, match=r"^mine\.py does not import: ValueError: Oops$") as caught:
        list_benchmarks([("mine.py", "user")])
    assert 'mine.py", line 2' in caught.value.frames
    assert "harness" not in caught.value.frames


@workers
def test_a_malformed_scenario_is_bad_input_with_its_file_and_line(here: Path) -> None:
    (here / "mine.py").write_text(PROBE.replace("probe(n)", "probe(m)"))
    with pytest.raises(BadInput, match=r"mine\.py:4: probe takes \['m'\] but sweeps \['n'\]"):
        list_benchmarks([("mine.py", "user")])


@workers
def test_a_scenario_for_a_family_of_loops_that_nobody_knows_is_bad_input(here: Path) -> None:
    (here / "mine.py").write_text(PROBE.replace("params=", 'only="gevent", params='))
    with pytest.raises(BadInput, match=r"mine.py:4: only='gevent': no family of loops is called 'gevent'"):
        list_benchmarks([("mine.py", "user")])


@workers
def test_a_module_without_scenarios_is_named_as_it_was_typed(here: Path) -> None:
    (here / "mine.py").write_text("")
    with pytest.raises(BadInput, match=r"^mine\.py defines no scenario: decorate"):
        list_benchmarks([("mine.py", "user")])


@workers
@pytest.mark.parametrize(
    ("end", "how"),
    [
        ("os._exit(3)", "exited with status 3"),
        ("os.write(int(sys.argv[2]), b'rubbish\\n')", "wrote what is no message: b'rubbish'"),
    ],
)
def test_a_module_that_ends_its_worker_is_named_with_how(here: Path, end: str, how: str) -> None:
    (here / "mine.py").write_text(f"import os, sys\n{end}")
    with pytest.raises(BadInput, match=rf"^mine\.py: .*{how}"):
        list_benchmarks([("mine.py", "user")])


@workers
@pytest.mark.parametrize("loop", [Loop("uvloop", factory="uvloop:new_event_loop"), Loop("asyncio")])
def test_a_factory_that_makes_a_loop_is_accepted(loop: Loop) -> None:
    check_loop(loop)


@workers
@pytest.mark.parametrize(
    ("factory", "why"),
    [
        ("asyncio:no_such_loop", "module 'asyncio' has no attribute 'no_such_loop'"),
        ("collections:deque", "it makes a deque, which is no asyncio event loop"),
        ("operator:add", "add expected 2 arguments, got 0"),
    ],
)
def test_a_factory_that_makes_no_loop_is_told_what_to_name(factory: str, why: str) -> None:
    with pytest.raises(
        BadInput, match=rf"^--loop wrong={factory}: .*{why}; name a module and in it a function"
    ):
        check_loop(Loop("wrong", factory=factory))


@workers
def test_a_loop_whose_module_is_not_there_is_told_how_to_get_it_there() -> None:
    missing = (
        r"^--loop wrong=no_such_package:make: No module named 'no_such_package'; install it beside loopcmp"
    )
    with pytest.raises(BadInput, match=missing):
        check_loop(Loop("wrong", factory="no_such_package:make"))


@workers
def test_a_factory_that_ends_its_worker_is_told_how() -> None:
    with pytest.raises(BadInput, match=r"^--loop wrong=os:abort: .*, the worker was killed by SIGABRT$"):
        check_loop(Loop("wrong", factory="os:abort"))


@workers
@pytest.mark.parametrize("loop", ["asyncio", "uvloop", "trio"])
def test_equal_observations_are_counted_and_not_repeated(tmp_path: Path, loop: str) -> None:
    sighting = observe_in_process(
        benchmark_of(tmp_path / "mine.py", "return 'fine'"), find_backend(loop), PATIENCE
    )
    [seen] = sighting.observations
    assert str(seen.observation.outcome) == "returned 'fine'"
    assert seen.times >= 2
    assert sighting == ProcessObservations((seen,))


@workers
def test_observations_that_differ_stand_side_by_side(tmp_path: Path) -> None:
    row = benchmark_of(tmp_path / "mine.py", "return looks == 2")
    first, second = observe_in_process(row, find_backend("asyncio"), PATIENCE).observations
    assert str(first.observation.outcome) == "returned False"
    assert (str(second.observation.outcome), second.times) == ("returned True", 1)


@workers
def test_a_value_that_cannot_be_compared_is_refused_with_its_line_and_what_to_write(tmp_path: Path) -> None:
    sighting = observe_in_process(
        benchmark_of(tmp_path / "mine.py", "return {1}"), find_backend("asyncio"), PATIENCE
    )
    assert sighting == ProcessObservations(
        refused="mine.py:3: a set has no order to compare: return sorted(...) of it"
    )


@workers
@pytest.mark.parametrize("loop", ["asyncio", "uvloop", "trio"])
def test_threads_that_a_library_keeps_for_later_are_not_what_the_scenario_left(
    tmp_path: Path, loop: str
) -> None:
    row = benchmark_of(
        tmp_path / "mine.py", "import anyio.to_thread; return await anyio.to_thread.run_sync(int)"
    )
    [seen] = observe_in_process(row, find_backend(loop), PATIENCE).observations
    assert str(seen.observation.leaks) == "nothing"


@workers
def test_a_line_that_no_terminal_could_show_is_an_error_of_the_scenario(tmp_path: Path) -> None:
    row = benchmark_of(tmp_path / "mine.py", r"print('\ud800')")
    [seen] = observe_in_process(row, find_backend("asyncio"), PATIENCE).observations
    assert str(seen.observation.outcome).startswith("raised UnicodeEncodeError")


@workers
def test_a_module_that_hangs_when_it_is_imported_is_named_with_the_line_that_it_is_at(here: Path) -> None:
    (here / "hangs.py").write_text("import time\n\ntime.sleep(10_000)\n")
    with pytest.raises(BadInput, match=r"hangs\.py: .*gave no answer for 1 s, at hangs\.py:3"):
        list_benchmarks([("hangs.py", "user")], patience=1)


@workers
def test_a_plugin_that_hangs_is_left_out_by_name_and_blocks_nothing(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "hangs.py").write_text("import time\n\ntime.sleep(10_000)\n")
    monkeypatch.setattr(known_scenarios, "PLUGIN_PATIENCE", 1)
    monkeypatch.setattr(known_scenarios, "plugin_modules", lambda: [("hangs.py", "hanging")])
    known = known_scenarios.known_scenarios.__wrapped__()
    assert [(plugin.module, plugin.family) for plugin in known.broken] == [("hangs.py", "hanging")]
    assert "gave no answer for 1 s, at hangs.py:3" in known.broken[0].reason
    assert "order" in {benchmark.scenario for benchmark in known.benchmarks}
