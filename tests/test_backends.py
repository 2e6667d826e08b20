"""The backends' names, what the command line may call them, and the one meaning of every gatherer."""

import asyncio
import importlib.util
import pkgutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine, Generator
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar, cast

import anyio
import msgspec
import pytest
from anyio.lowlevel import checkpoint

from harness.backends import families
from harness.backends.availability import State, state_of, version_of, why_unavailable
from harness.backends.backend import LOOPS, Backend, Loop
from harness.backends.families import FAMILIES
from harness.backends.registry import (
    DEFAULT_BACKENDS,
    DEFAULT_BASELINE,
    find_backend,
    known_backends,
    known_loops,
    read_loop,
)
from harness.backends.runtime import NotALoop, open_backend
from harness.backends.third_party import PYPI, VARIANTS, LoopNotes
from harness.errors import BadInput
from harness.scenario import Gather

T = TypeVar("T")

CORE = [backend for backend in known_backends() if backend.loop in LOOPS]
NAMES = [backend.name for backend in CORE]
OURS = [backend.name for backend in CORE if backend.gatherer != "gather"]
"""Backends whose gatherer is a coroutine function of ours."""

of_ours = pytest.mark.parametrize("backend", OURS)


def test_the_default_backends_come_first_and_the_baseline_before_all() -> None:
    assert tuple(NAMES[: len(DEFAULT_BACKENDS)]) == DEFAULT_BACKENDS
    assert NAMES[0] == DEFAULT_BASELINE


def test_every_loop_runs_with_every_gatherer_of_its_family() -> None:
    assert NAMES[3:] == [
        "asyncio+taskgroup",
        "asyncio+anyio",
        "uvloop+taskgroup",
        "uvloop+anyio",
        "trio+anyio",
    ]


def test_a_loop_of_the_users_own_gathers_like_asyncio() -> None:
    mine = Loop("mine", factory="mine:new_event_loop")
    names = {backend.name for backend in known_backends([mine]) if backend.loop == mine}
    assert names == {"mine+gather", "mine+taskgroup", "mine+anyio"}
    assert find_backend("mine", [mine]) == Backend(mine, "gather")


@pytest.mark.parametrize("family", FAMILIES)
def test_the_names_of_a_familys_gatherers_are_those_of_its_module(family: str) -> None:
    module = import_module(f"harness.backends.families.{family}")
    assert set(module.GATHERERS) == set(FAMILIES[family])


def test_every_module_of_a_family_is_named_and_every_loop_that_comes_built_in_is_of_one() -> None:
    modules = {module.name for module in pkgutil.iter_modules(families.__path__)}
    assert modules == set(FAMILIES) == {loop.family for loop in LOOPS}


def test_a_loop_of_a_family_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no family of loops is called 'gevent': choose of asyncio, trio"):
        Loop("mine", family="gevent")


def test_a_loop_of_a_family_that_nobody_knows_is_not_read_from_a_record_either() -> None:
    with pytest.raises(msgspec.ValidationError, match="no family of loops is called 'gevent'"):
        msgspec.convert({"name": "mine", "family": "gevent"}, Loop)


@pytest.mark.parametrize("name", NAMES)
def test_a_backend_is_found_by_its_name(name: str) -> None:
    assert find_backend(name).name == name


@pytest.mark.parametrize(
    ("loop", "backend"),
    [("asyncio", "asyncio+gather"), ("uvloop", "uvloop+gather"), ("trio", "trio+nursery")],
)
def test_a_bare_loop_name_means_its_default_gatherer(loop: str, backend: str) -> None:
    assert find_backend(loop).name == backend


@pytest.mark.parametrize(
    ("typed", "meant"), [("uvlop", "uvloop"), ("Trio", "trio"), ("trio+nurserry", "trio+nursery")]
)
def test_a_near_miss_is_told_what_was_meant(typed: str, meant: str) -> None:
    with pytest.raises(
        BadInput, match=rf"'{typed.replace('+', '.')}': did you mean {meant.replace('+', '.')}\?"
    ):
        find_backend(typed)


def test_a_name_far_from_every_backend_is_told_where_they_are_listed() -> None:
    with pytest.raises(BadInput, match=r"no backend is called 'gevent': `loopcmp list"):
        find_backend("gevent")


def test_a_loop_is_read_from_a_name_and_its_factory() -> None:
    assert read_loop("my-loop=package.module:make") == Loop("my-loop", factory="package.module:make")
    assert read_loop("my-loop=package.module:make").module == "package.module"


@pytest.mark.parametrize(
    "words", ["mine", "mine=", "mine=module", "=module:make", "mine=module:", "mine=:make"]
)
def test_a_loop_of_another_shape_is_told_the_shape(words: str) -> None:
    with pytest.raises(BadInput, match=r"NAME=module:factory, for example --loop mine="):
        read_loop(words)


@pytest.mark.parametrize("name", ["asyncio", "uvloop", "trio", "my loop", "my+loop", "2fast"])
def test_a_loop_cannot_take_a_name_that_is_taken_or_is_no_word(name: str) -> None:
    with pytest.raises(BadInput, match="cannot name a loop; choose a new name"):
        read_loop(f"{name}=module:make")


def test_a_loop_of_pypi_may_be_named_with_another_factory() -> None:
    mine = read_loop("rloop=fork:new")
    assert find_backend("rloop", [mine]).loop == mine


@pytest.mark.parametrize("lore", [*VARIANTS, *PYPI], ids=lambda lore: lore.loop.name)
def test_a_loop_of_the_table_says_whether_it_can_run_here_and_what_to_type(lore: LoopNotes) -> None:
    state, why = state_of(lore.loop), why_unavailable(lore.loop) or ""
    unfit = sys.version_info < lore.python or (lore.platforms and sys.platform not in lore.platforms)
    assert (state is State.UNFIT) == bool(unfit)
    expected = {State.UNFIT: f"{lore.loop.name} ", State.AVAILABLE: "", State.MISSING: "pip install "}
    assert expected[state] in why
    assert (why == "") == (state is State.AVAILABLE)


OF_ASYNCIO = [lore for lore in VARIANTS if not lore.loop.distribution]


def test_uvloop_in_debug_mode_is_uvloop_in_debug_mode() -> None:
    options = open_backend(find_backend("uvloop-debug")).options
    loop = options["loop_factory"]()
    shown = (type(loop).__module__, loop.get_debug())
    loop.close()
    assert shown == ("uvloop", True)


@pytest.mark.parametrize("lore", OF_ASYNCIO, ids=lambda lore: lore.loop.name)
def test_a_variant_of_asyncio_is_what_its_name_says(lore: LoopNotes) -> None:
    if why := why_unavailable(lore.loop):
        pytest.skip(why)
    variant = lore.loop.name.removeprefix("asyncio-")
    options = open_backend(Backend(lore.loop, "gather")).options
    loop = options["loop_factory"]()
    selector = type(loop._selector).__name__
    loop.close()
    shown = {"debug": loop.get_debug(), "eager": loop.get_task_factory() is not None}
    assert shown == {"debug": variant == "debug", "eager": variant == "eager"}
    assert variant in shown or selector.removesuffix("Selector").lower() == variant


def test_a_distribution_brings_loops_by_entry_points_which_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = tmp_path / "bringer-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: bringer\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[loopcmp.loops]\nbrought = bringer.loops:make\nasyncio = evil:x\nasyncio-eager = evil:x\n"
        "../up = evil:x\n<b> = evil:x\nmodule = evil\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    brought = Loop("brought", factory="bringer.loops:make", distribution="bringer")
    assert find_backend("brought").loop == brought
    assert [loop.name for loop in known_loops() if loop.factory.startswith("evil")] == []
    assert "bringer" not in sys.modules


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.name)
def test_a_loop_whose_package_is_installed_is_available(loop: Loop) -> None:
    assert why_unavailable(loop) is None


def test_a_missing_loop_says_what_to_type() -> None:
    missing = Loop("fast", factory="no_such_package.loops:make", distribution="fast-loop")
    assert why_unavailable(missing) == "fast-loop is not installed: pip install fast-loop"
    assert version_of(missing) == ""


def test_a_missing_loop_of_unknown_origin_names_its_module() -> None:
    missing = Loop("fast", factory="no_such_package.loops:make")
    assert "no module named 'no_such_package'" in (why_unavailable(missing) or "")


def test_only_what_brings_a_loop_has_a_version() -> None:
    versions = {loop.name: version_of(loop) for loop in LOOPS}
    assert versions.pop("asyncio") == ""
    assert all(version[0].isdigit() for version in versions.values())


def test_knowing_the_backends_imports_no_loop() -> None:
    code = "import sys, harness.backends; print({'asyncio', 'uvloop', 'trio', 'anyio'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    "loop", [loop for loop in LOOPS if loop.family == "asyncio"], ids=lambda loop: loop.name
)
def test_on_asyncio_loops_gather_is_asyncio_gather_itself(loop: Loop) -> None:
    assert open_backend(Backend(loop, "gather")).gather is asyncio.gather


@pytest.mark.parametrize("backend", NAMES)
def test_a_built_in_loop_can_be_made_and_closed(backend: str) -> None:
    open_backend(find_backend(backend)).check()


def test_a_factory_that_makes_no_loop_is_told_what_it_makes() -> None:
    wrong = Backend(Loop("wrong", factory="collections:deque"), "gather")
    with pytest.raises(NotALoop, match="it makes a deque, which is no asyncio event loop"):
        open_backend(wrong).check()


@pytest.mark.parametrize("backend", ["asyncio", "asyncio+anyio", "uvloop", "uvloop+taskgroup"])
def test_a_story_runs_on_the_loop_that_its_backend_names(backend: str) -> None:
    async def where(_: Gather) -> str:
        return type(asyncio.get_running_loop()).__module__.partition(".")[0]

    assert run(backend, where) == find_backend(backend).loop.name


@pytest.mark.parametrize("backend", NAMES)
def test_a_backend_knows_the_cancellation_of_its_library(backend: str) -> None:
    async def theirs(_: Gather) -> type[BaseException]:
        return anyio.get_cancelled_exc_class()

    assert open_backend(find_backend(backend)).cancelled == (run(backend, theirs),)


def run(backend: str, story: Callable[[Gather], Awaitable[T]]) -> T:
    """What the story gives on this backend, in this process."""
    running = open_backend(find_backend(backend))
    return anyio.run(story, running.gather, backend=running.anyio_backend, backend_options=running.options)


def close(*awaitables: Awaitable[Any]) -> None:
    """Coroutines that are not to be awaited, and whose warning about it is not wanted here."""
    for awaitable in awaitables:
        cast("Coroutine[Any, Any, Any]", awaitable).close()


async def turns_of_the_loop() -> None:
    """Enough of them for a task to start that somebody made."""
    for _ in range(5):
        await checkpoint()


async def note(started: list[str]) -> str:
    started.append("started")
    return "done"


async def fail(error: BaseException) -> None:
    raise error


class Stop(BaseException):
    """No Exception, so nobody may keep it."""


@of_ours
def test_a_gather_that_is_not_awaited_starts_nothing(backend: str) -> None:
    async def story(gather: Gather) -> list[str]:
        started: list[str] = []
        child = note(started)
        gathering = gather(child)
        await turns_of_the_loop()
        close(gathering, child)
        return started

    assert run(backend, story) == []


@of_ours
def test_an_argument_that_is_no_awaitable_is_a_bare_type_error_before_anything_starts(backend: str) -> None:
    async def story(gather: Gather) -> list[str]:
        started: list[str] = []
        child = note(started)
        with pytest.raises(TypeError, match="gather takes awaitables, not int"):
            await gather(child, cast("Any", 42))
        await turns_of_the_loop()
        close(child)
        return started

    assert run(backend, story) == []


@of_ours
def test_the_same_awaitable_twice_starts_once_and_fills_both_places(backend: str) -> None:
    async def story(gather: Gather) -> tuple[list[str], list[str]]:
        started: list[str] = []
        child, other = note(started), note([])
        return await gather(child, other, child), started

    assert run(backend, story) == (["done", "done", "done"], ["started"])


@of_ours
def test_an_error_of_an_awaitable_passed_twice_is_kept_in_both_places(backend: str) -> None:
    error = ValueError("Oops")

    async def story(gather: Gather) -> list[Any]:
        child = fail(error)
        return await gather(child, child, return_exceptions=True)

    assert run(backend, story) == [error, error]


@of_ours
@pytest.mark.parametrize("return_exceptions", [False, True])
def test_gathering_nothing_gives_an_empty_list(backend: str, *, return_exceptions: bool) -> None:
    async def story(gather: Gather) -> list[Any]:
        return await gather(return_exceptions=return_exceptions)

    assert run(backend, story) == []


@of_ours
def test_results_stand_in_the_order_passed_whichever_ends_first(backend: str) -> None:
    async def story(gather: Gather) -> tuple[list[str], list[str]]:
        ended: list[str] = []
        second_ended = anyio.Event()

        async def first() -> str:
            await second_ended.wait()
            ended.append("first")
            return "first"

        async def second() -> str:
            ended.append("second")
            second_ended.set()
            return "second"

        return await gather(first(), second()), ended

    assert run(backend, story) == (["first", "second"], ["second", "first"])


class Answer:
    """An awaitable that is no coroutine."""

    def __await__(self) -> Generator[Any, Any, int]:
        return self.give().__await__()

    async def give(self) -> int:
        return 42


@pytest.mark.parametrize("backend", NAMES)
def test_whatever_can_be_awaited_can_be_gathered(backend: str) -> None:
    async def story(gather: Gather) -> list[int]:
        return await gather(Answer(), Answer().give())

    assert run(backend, story) == [42, 42]


@of_ours
def test_with_return_exceptions_each_exception_stands_in_its_place(backend: str) -> None:
    first, second = ValueError("first"), KeyError("second")

    async def story(gather: Gather) -> list[Any]:
        return await gather(fail(first), note([]), fail(second), return_exceptions=True)

    assert run(backend, story) == [first, "done", second]


@of_ours
def test_return_exceptions_lets_what_is_no_exception_out_in_the_groups_own_group(backend: str) -> None:
    async def story(gather: Gather) -> tuple[BaseException, ...]:
        with pytest.raises(BaseExceptionGroup) as caught:
            await gather(anyio.sleep_forever(), fail(stop), return_exceptions=True)
        return caught.value.exceptions

    stop = Stop()
    assert run(backend, story) == (stop,)


@of_ours
@pytest.mark.parametrize("return_exceptions", [False, True])
def test_a_cancelled_gather_cancels_what_it_gathers_and_ends(
    backend: str, *, return_exceptions: bool
) -> None:
    async def story(gather: Gather) -> tuple[str, bool]:
        fate = "not started"

        async def child() -> None:
            nonlocal fate
            fate = "started"
            try:
                scope.cancel()
                await anyio.sleep_forever()
            except anyio.get_cancelled_exc_class():
                fate = "cancelled"
                raise

        with anyio.CancelScope() as scope:
            await gather(child(), return_exceptions=return_exceptions)
        return fate, scope.cancelled_caught

    assert run(backend, story) == ("cancelled", True)


@of_ours
def test_an_error_cancels_the_others_and_leaves_in_the_groups_own_exception_group(backend: str) -> None:
    error = ValueError("Oops")

    async def story(gather: Gather) -> tuple[BaseException, ...]:
        with pytest.raises(ExceptionGroup) as caught:
            await gather(anyio.sleep_forever(), fail(error))
        return caught.value.exceptions

    assert run(backend, story) == (error,)


@pytest.mark.parametrize("backend", NAMES)
def test_a_task_that_is_started_is_counted_until_it_ends(backend: str) -> None:
    running = open_backend(find_backend(backend))

    async def story(_: Gather) -> list[int]:
        counts = [running.count_tasks()]
        async with anyio.create_task_group() as group:
            group.start_soon(anyio.sleep_forever)
            counts.append(running.count_tasks())
            group.cancel_scope.cancel()
        counts.append(running.count_tasks())
        return [count - counts[0] for count in counts]

    assert run(backend, story) == [0, 1, 0]


def test_uvloop_is_not_needed_to_know_that_it_is_a_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert why_unavailable(find_backend("uvloop").loop) == "uvloop is not installed: pip install uvloop"
