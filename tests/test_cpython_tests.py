"""CPython's own tests over loops: what a report means, what is counted, and what is shown."""

import json
import sys
import unittest
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from harness.backends.backend import Backend, Loop
from harness.errors import BadInput
from harness.execution.cpython_tests import NoTests, list_tests, run_test
from harness.protocol.cpython_tests import UnittestOutcome, UnittestReport
from harness.records.cpython_tests import Conformance, LoopTests
from harness.report.formats.cpython_tests import render_json
from harness.report.tables import cpython_tests as report
from harness.runner.cpython_tests import choose_tests, run_tests
from harness.worker import cpython_tests
from harness.worker.cpython_tests import NoTestsHere, run_case

CALL_LATER = "test_events.EventLoopTestsMixin.test_call_later"


def asks_for_internals() -> None:
    """What a test in CPython's package does that asks a loop for a private attribute."""
    names: dict[str, Callable[[object], None]] = {}
    source = "def ask(loop):\n    loop._run_once()\n"
    exec(compile(source, "/lib/test/test_asyncio/test_events.py", "exec"), names)  # noqa: S102
    names["ask"](object())


def asks_for_what_is_public() -> None:
    names: dict[str, Callable[[object], None]] = {}
    source = "def ask(loop):\n    loop.run_once()\n"
    exec(compile(source, "/lib/test/test_asyncio/test_events.py", "exec"), names)  # noqa: S102
    names["ask"](object())


def asks_from_elsewhere() -> None:
    object()._run_once()  # type: ignore[attr-defined]


def nothing() -> None:
    pass


def wrong() -> None:
    raise AssertionError("one is not two")


def broken() -> None:
    raise OSError(9, "Oops")


def lacking() -> None:
    raise NotImplementedError


def skipping() -> None:
    raise unittest.SkipTest("not here")


def case(
    test: Callable[[], None], before: Callable[[], None] = nothing, after: Callable[[], None] = nothing
) -> type[unittest.TestCase]:
    """A test case of one test, and what stands around it."""

    class Case(unittest.TestCase):
        def setUp(self) -> None:
            before()

        def test_it(self) -> None:
            test()

        def tearDown(self) -> None:
            after()

    return Case


@pytest.mark.parametrize(
    ("kind", "outcome", "evidence"),
    [
        (case(nothing), UnittestOutcome.PASSED, None),
        (case(wrong), UnittestOutcome.FAILED, "AssertionError: one is not two"),
        (case(broken), UnittestOutcome.FAILED, "OSError: [Errno 9] Oops"),
        (case(lacking), UnittestOutcome.LACKS, "NotImplementedError"),
        (case(skipping), UnittestOutcome.SKIPPED, "not here"),
        (case(nothing, before=skipping), UnittestOutcome.SKIPPED, "not here"),
        (case(nothing, before=broken), UnittestOutcome.FIXTURE, "OSError: [Errno 9] Oops"),
        (case(nothing, after=broken), UnittestOutcome.FIXTURE, "OSError: [Errno 9] Oops"),
        (case(nothing, after=wrong), UnittestOutcome.FAILED, "AssertionError: one is not two"),
        (case(wrong, after=broken), UnittestOutcome.FAILED, "AssertionError: one is not two"),
        (case(lacking, after=broken), UnittestOutcome.LACKS, "NotImplementedError"),
        (case(asks_for_what_is_public), UnittestOutcome.FAILED,
         "AttributeError: 'object' object has no attribute 'run_once'"),
        (case(asks_for_internals), UnittestOutcome.PRIVATE,
         "AttributeError: 'object' object has no attribute '_run_once'"),
        (case(asks_from_elsewhere), UnittestOutcome.FAILED,
         "AttributeError: 'object' object has no attribute '_run_once'"),
    ],
)  # fmt: skip
def test_a_failure_of_the_test_is_told_from_one_of_what_stands_around_it(
    kind: type[unittest.TestCase], outcome: UnittestOutcome, evidence: str | None
) -> None:
    found = run_case(kind, "test_it")
    assert found.outcome is outcome
    assert (found.evidence[0] if found.evidence else None) == evidence


def test_evidence_says_where_it_was_without_paths_of_the_machine_and_comparable_text() -> None:
    def wrong_object() -> None:
        raise AssertionError(f"{object()!r} is no loop")

    found = run_case(case(wrong_object), "test_it")
    assert found.evidence[0] == "AssertionError: <object object at 0x…> is no loop"
    assert found.evidence[-1].startswith("test_cpython_tests.py:")
    assert "/" not in "".join(found.evidence)


def test_a_part_of_a_test_that_fails_fails_the_test() -> None:
    class InParts(unittest.TestCase):
        def test_it(self) -> None:
            for part in range(3):
                with self.subTest(part=part):
                    assert part != 1

    assert run_case(InParts, "test_it").outcome is UnittestOutcome.FAILED


def test_a_test_that_is_expected_to_fail_and_does_has_passed() -> None:
    class Expected(unittest.TestCase):
        @unittest.expectedFailure
        def test_it(self) -> None:
            wrong()

        @unittest.expectedFailure
        def test_other(self) -> None:
            nothing()

    assert run_case(Expected, "test_it").outcome is UnittestOutcome.PASSED
    assert run_case(Expected, "test_other").outcome is UnittestOutcome.FAILED


def loop_with(
    backend: str, *outcomes: UnittestOutcome, version: str = "", unavailable: str = ""
) -> LoopTests:
    reports = tuple(
        (f"test_{number}", UnittestReport(one, (f"why {number}",))) for number, one in enumerate(outcomes)
    )
    return LoopTests(backend, version, "3.13.0", reports, unavailable)


CONTROL = loop_with(
    "asyncio+gather",
    UnittestOutcome.PASSED,
    UnittestOutcome.PASSED,
    UnittestOutcome.FAILED,
    UnittestOutcome.SKIPPED,
)
MINE = loop_with(
    "mine+gather",
    UnittestOutcome.FAILED,
    UnittestOutcome.PASSED,
    UnittestOutcome.FAILED,
    UnittestOutcome.SKIPPED,
    version="1.2",
)


def test_what_skips_itself_was_not_tried() -> None:
    assert (CONTROL.passed, CONTROL.tried) == (2, 3)


def test_a_loop_lacks_what_plain_asyncio_passes_and_it_does_not() -> None:
    assert [test for test, _ in Conformance(MINE, CONTROL).lacks] == ["test_0"]


def test_the_control_itself_lacks_all_that_it_does_not_pass() -> None:
    assert [test for test, _ in Conformance(CONTROL, None).lacks] == ["test_2"]


def test_the_tables_have_the_totals_and_every_test_that_is_not_passed_with_its_reason() -> None:
    totals, asyncio, mine = report.tables([Conformance(CONTROL, None), Conformance(MINE, CONTROL)])
    assert totals.heads == ("loop", "Python", "passed", "failed", "skipped")
    assert totals.rows == (
        ("asyncio", "3.13.0", "2 of 3", "1", "1"),
        ("mine 1.2", "3.13.0", "1 of 3", "2", "1"),
    )
    assert (asyncio.title, asyncio.rows) == (
        "What asyncio does not pass",
        (("✗ failed", "test_2", "why 2"),),
    )
    assert (mine.title, mine.rows) == ("What mine 1.2 does not pass", (("✗ failed", "test_0", "why 0"),))


def test_a_loop_that_passes_everything_has_no_second_table() -> None:
    [totals] = report.tables([Conformance(loop_with("asyncio+gather", UnittestOutcome.PASSED), None)])
    assert totals.rows == (("asyncio", "3.13.0", "1 of 1"),)


def test_a_loop_that_cannot_be_had_says_why_in_place_of_its_total() -> None:
    gone = loop_with("mine+gather@py312", unavailable="mine is not installed: pip install mine")
    [totals] = report.tables([Conformance(gone, CONTROL)])
    assert totals.rows == (("mine@py312", "3.13.0", "mine is not installed: pip install mine"),)


def test_json_has_each_test_with_its_outcome_and_evidence() -> None:
    [_, mine] = json.loads(render_json([Conformance(CONTROL, None), Conformance(MINE, CONTROL)]))
    assert (mine["backend"], mine["control"], mine["passed"], mine["tried"]) == (
        "mine+gather", "asyncio+gather", 1, 3,
    )  # fmt: skip
    assert mine["counts"] == {"passed": 1, "failed": 2, "skipped": 1}
    assert mine["lacks"] == ["test_0"]
    assert mine["tests"][0] == {"test": "test_0", "outcome": "failed", "evidence": ["why 0"]}


def test_every_outcome_has_a_sign_and_every_one_but_passing_an_explanation() -> None:
    assert set(report.RENDERINGS) == set(UnittestOutcome)
    assert {*report.SHOWN, UnittestOutcome.PASSED} == set(UnittestOutcome)


def test_words_choose_tests_by_a_part_of_their_names() -> None:
    tests = ("test_events.Mixin.test_call_at", "test_events.Mixin.test_close")
    assert choose_tests(tests, []) == tests
    assert choose_tests(tests, ["call", "nothing*else", ".Mixin."][:1]) == tests[:1]
    with pytest.raises(BadInput, match="no test of CPython is called 'sendfile'"):
        choose_tests(tests, ["close", "sendfile"])


def test_a_python_without_its_tests_refuses_to_list_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(f"{cpython_tests.PACKAGE}.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, cpython_tests.PACKAGE, None)  # so that it cannot be imported
    with pytest.raises(NoTestsHere, match=cpython_tests.PACKAGE):
        cpython_tests.list_tests()


def loop(name: str) -> Loop:
    return Loop(name, factory=f"tests.fragile_loops:{name}")


@pytest.fixture(scope="module")
def _tests_of_python() -> None:
    pytest.importorskip("test.test_asyncio", reason="this Python comes without its own tests")


@pytest.mark.workers
@pytest.mark.usefixtures("_tests_of_python")
@pytest.mark.parametrize(
    ("name", "outcome", "evidence"),
    [
        ("FailsToDelay", UnittestOutcome.FAILED, "ValueError: Oops"),
        ("CannotDelay", UnittestOutcome.LACKS, "NotImplementedError"),
        ("DelaysWrongly", UnittestOutcome.FAILED, "AssertionError"),
        ("ClosesBadly", UnittestOutcome.FIXTURE, "RuntimeError: cannot be closed"),
        ("Crashes", UnittestOutcome.CRASHED, "was killed by SIGABRT"),
        ("Hangs", UnittestOutcome.TIMED_OUT, "was not done after 10 s"),
    ],
)
def test_a_loop_that_fails_in_one_test_is_told_how(
    name: str, outcome: UnittestOutcome, evidence: str
) -> None:
    found = run_test(
        CALL_LATER,
        loop(name),
        timeout=10.0 if outcome is UnittestOutcome.TIMED_OUT else 60.0,
        python=sys.executable,
    )
    assert (found.outcome, found.evidence[0][: len(evidence)]) == (outcome, evidence)
    if outcome is UnittestOutcome.TIMED_OUT:
        assert any("call_later" in line for line in found.evidence)


@pytest.mark.workers
@pytest.mark.usefixtures("_tests_of_python")
def test_a_crash_in_one_test_harms_no_other() -> None:
    *tried, last = run_tests(Backend(loop("Crashes"), "gather"), ["test_call_later", "test_call_soon"], 30.0)
    assert isinstance(last, LoopTests)
    assert last.counts == {UnittestOutcome.CRASHED: 1, UnittestOutcome.PASSED: len(tried) - 1}
    assert len(tried) > 2


@pytest.mark.workers
def test_a_python_that_comes_without_its_tests_is_told_how_to_get_them(tmp_path: Path) -> None:
    python = tmp_path / "python"
    program = (
        "import runpy, sys; sys.modules['test'] = None; "
        "runpy.run_module('harness.worker', run_name='__main__', alter_sys=True)"
    )
    python.write_text(f'#!/bin/sh\nshift 5\nexec {sys.executable} -P -c "{program}" "$@"\n')
    python.chmod(0o755)
    with pytest.raises(NoTests, match=r"libpython3\.X-testsuite"):
        list_tests(str(python))


@pytest.mark.workers
@pytest.mark.usefixtures("_tests_of_python")
def test_a_run_that_is_interrupted_ends_its_tests() -> None:
    stop = Event()
    stop.set()
    found = run_test(CALL_LATER, loop("Hangs"), timeout=60.0, python=sys.executable, stop=stop)
    assert found.evidence[0] == "was ended, for the run was interrupted"
