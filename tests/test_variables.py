"""Environment variables of workers: which are passed on, which are refused, and which are missed."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.backends.backend import Variable
from harness.backends.registry import find_backend
from harness.backends.variables import RESERVED, is_variable, merged, missed, read_variable, values_of
from harness.errors import BadInput
from harness.execution.environments import define, interpreter_for, read_environment
from harness.execution.observing import observe_in_process
from harness.protocol.benchmarks import Benchmark
from harness.runner.choosing import choose_backends, known

PASSED: tuple[Variable, ...] = (("PYTHON_JIT", "1"), ("HERE", None))


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERE", "from here")
    monkeypatch.delenv("NOWHERE", raising=False)


@pytest.mark.parametrize(
    ("words", "variable"),
    [("A=1", ("A", "1")), ("A=", ("A", "")), ("A=b=c", ("A", "b=c")), ("HERE", ("HERE", None))],
)
def test_a_variable_is_a_name_with_its_value_or_the_one_that_it_has_here(
    words: str, variable: Variable
) -> None:
    assert read_variable("--pass", words) == variable


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("NOWHERE", r"^--pass NOWHERE: it is not set here; set it, or write NOWHERE=VALUE$"),
        ("", "is no environment variable: write NAME or NAME=VALUE"),
        ("a b=1", "is no environment variable"),
        ("1A=1", "is no environment variable"),
        (f"{RESERVED}=/x", "folder of their own"),
        ("A=two\nlines", "not on one line"),
        ("A=" + "x" * 5000, "too long"),
    ],
)
def test_a_variable_that_no_worker_can_be_given_is_refused(words: str, answer: str) -> None:
    with pytest.raises(BadInput, match=answer):
        read_variable("--pass", words)


def test_a_value_of_here_is_read_when_a_worker_starts_and_is_in_no_record() -> None:
    assert values_of(PASSED, os.environ) == (("PYTHON_JIT", "1"), ("HERE", "from here"))
    assert "from here" not in repr(PASSED)


def test_of_two_values_the_later_counts() -> None:
    assert merged(PASSED, [("HERE", "there")]) == (("PYTHON_JIT", "1"), ("HERE", "there"))


@pytest.mark.parametrize(("word", "told"), [("A=1", True), ("a==1", False), ("a", False), ("a>=1", False)])
def test_a_word_of_an_environment_is_a_variable_or_a_requirement(word: str, *, told: bool) -> None:
    assert is_variable(word) is told


def test_an_environment_may_have_variables_and_its_words_define_it_again() -> None:
    environment = read_environment("jit=3.14 PYTHON_JIT=1 uvloop==0.22.1")
    assert environment.variables == (("PYTHON_JIT", "1"),)
    assert environment.requirements == ("uvloop==0.22.1",)
    assert read_environment(environment.definition) == environment


def test_a_backend_has_what_is_passed_to_all_and_what_its_environment_sets() -> None:
    [plain, jit] = choose_backends(
        known([], ["jit=3.14 PYTHON_JIT=0"]), ["asyncio", "asyncio@jit"], ["jit=3.14 PYTHON_JIT=0"], PASSED
    )
    assert plain.variables == PASSED
    assert jit.variables == (("PYTHON_JIT", "0"), ("HERE", None))


def test_switches_that_are_set_and_not_passed_are_missed_but_for_harmless_ones() -> None:
    environ = dict.fromkeys(
        ["PYTHONASYNCIODEBUG", "PYTHON_GIL", "PYTHONUNBUFFERED", "MALLOC_ARENA_MAX", "LD_PRELOAD", "PATH",
         "UVLOOP_X", "RSLOOP_X"], "1"
    )  # fmt: skip
    backend = replace(find_backend("uvloop"), variables=(("PYTHON_GIL", "1"),))
    assert list(missed(environ, [backend])) == [
        "LD_PRELOAD",
        "MALLOC_ARENA_MAX",
        "PYTHONASYNCIODEBUG",
        "UVLOOP_X",
    ]


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        ("x=uvloop==0.22.1", "x={own} uvloop==0.22.1"),
        ("x=uvloop", "x={own} uvloop"),
        ("x=PYTHON_JIT=1 uvloop", "x={own} PYTHON_JIT=1 uvloop"),
        ("x=.", "x={own} ."),
        ("x=-e .", "x={own} -e ."),
    ],
)
def test_what_is_no_python_is_answered_with_what_to_type(words: str, typed: str) -> None:
    own = "{}.{}".format(*sys.version_info)
    with pytest.raises(BadInput) as caught:
        read_environment(words)
    assert str(caught.value).endswith(f"write --env '{typed.format(own=own)}'")
    read_environment(typed.format(own=own))


@pytest.mark.parametrize(
    "python", ["3.12", "3.13t", "3.13+freethreaded", "cpython@3.12", "pypy3.10", ">=3", ""]
)
def test_a_python_is_what_uv_calls_one(python: str) -> None:
    assert read_environment(f"x={python}") == define("x", python)


@pytest.mark.workers
def test_a_worker_finds_what_is_passed_to_it_and_nothing_else(tmp_path: Path) -> None:
    mine = tmp_path / "mine.py"
    mine.write_text(
        "import os\n"
        "from harness.scenario import scenario\n"
        "@scenario()\n"
        "async def look():\n"
        "    return [os.environ.get(name) for name in ('HERE', 'SET', 'NOWHERE')]\n"
    )
    backend = replace(find_backend("asyncio"), variables=(("HERE", None), ("SET", "1")))
    process = observe_in_process(Benchmark("look", "mine", str(mine), "", "mine.py:3"), backend, 30.0)
    [counted] = process.observations
    assert str(counted.observation.outcome) == "returned ['from here', '1', None]"
    assert interpreter_for(backend).variables == (("HERE", "from here"), ("SET", "1"))
