"""Imports scenario modules, and turns a case into something that can be run."""

import importlib
import importlib.util
import inspect
import os.path
import sys
import traceback
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from types import CodeType, ModuleType
from typing import Any

import anyio

from harness.backends.backend import Backend, Loop
from harness.backends.runtime import Runtime, open_backend
from harness.protocol.messages import CaseSpec
from harness.scenario import NewLoop, Scenario
from harness.worker.misplaced_files import where_to_find_it
from harness.worker.refusals import LibraryMissing, ModuleBroken, ModuleMissing, NotAsOpened


def load_module(module: str) -> ModuleType:
    """Import the module of this dotted name, or of this path where it ends in .py.

    Raises ModuleBroken, which is an ModuleMissing where it imports what is not installed.
    """
    try:
        return _load_path(module) if module.endswith(".py") else importlib.import_module(module)
    except (Exception, SystemExit) as error:
        message = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
        message += where_to_find_it(error)
        broken = ModuleMissing if isinstance(error, ModuleNotFoundError) else ModuleBroken
        raise broken(message, _frames_of_the_module(error)) from error


def _load_path(path: str) -> ModuleType:
    folder, file_name = os.path.split(path)
    name = file_name.removesuffix(".py")
    sys.path.insert(0, folder)  # as `python mine.py` would
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file_name} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)
    return module


def _frames_of_the_module(error: BaseException) -> str:
    """Write the traceback without the frames that are ours or importlib's."""
    frames = traceback.extract_tb(error.__traceback__)
    our_files = (__file__, importlib.__file__, "<frozen importlib")
    their_frames = [frame for frame in frames if not frame.filename.startswith(our_files)]
    lines = (
        ["Traceback (most recent call last):\n", *traceback.format_list(their_frames)] if their_frames else []
    )
    return "".join([*lines, *traceback.format_exception_only(error)])


def scenarios_in(module: ModuleType) -> list[Scenario]:
    """Return the scenarios defined in a module, in the order of their definition."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, Scenario) and value.function.__module__ == module.__name__
    ]


def find_scenario(module: str, name: str) -> Scenario:
    """Find the scenario of this name. Raises ModuleBroken if its module does not import, or LookupError."""
    for scenario in scenarios_in(load_module(module)):
        if scenario.name == name:
            return scenario
    raise LookupError(f"{module} has no scenario called {name}")


Operation = Callable[[], Awaitable[Any]]

OFFERED = frozenset({"gather", "new_loop", "listener", "stopped", "app"})
"""The arguments of scenarios and services that are no parameters of theirs."""


@dataclass(frozen=True, slots=True)
class BoundScenario:
    """A scenario with its arguments bound: either one operation, or a set-up that yields it.

    `file` is where Python says that its code was written; empty where it does not say. `code` is that of its
    function.
    """

    operation: Operation | None
    set_up: Callable[[], AbstractAsyncContextManager[Operation]] | None
    file: str = ""
    code: CodeType | None = None

    def open(self) -> AbstractAsyncContextManager[Operation]:
        """Return the operation, between its set-up and its tear-down where it has them."""
        if self.set_up is not None:
            return self.set_up()
        if self.operation is None:
            raise TypeError("the scenario has nothing to run")
        return nullcontext(self.operation)

    async def run(self) -> object:
        """Set up, run one operation, and tear down."""
        async with self.open() as operation:
            return await operation()


def run_on(runtime: Runtime, operation: Operation) -> object:
    """Run an operation on the backend. Raises NotAsOpened, whatever it did, if it ran on something else."""
    try:
        return anyio.run(operation, backend=runtime.anyio_backend, backend_options=runtime.options)
    finally:
        if why := runtime.not_as_opened():
            raise NotAsOpened(why)


def wants_gather(scenario: Scenario) -> bool:
    """Whether the scenario's function names `gather`."""
    return "gather" in _parameter_names(scenario)


def _parameter_names(scenario: Scenario) -> Collection[str]:
    return inspect.signature(scenario.function).parameters


def has_set_up(scenario: Scenario) -> bool:
    """Whether the scenario is an async context manager that yields the operation."""
    return inspect.isasyncgenfunction(inspect.unwrap(scenario.function))


def bind(scenario: Scenario, parameters: dict[str, Any], runtime: Runtime) -> BoundScenario:
    """Bind a scenario to its parameters, and to what it names of all that the backend offers."""
    file = source_file(scenario)
    if scenario.traffic is not None:
        from harness.worker.services.binding import conversation_with  # noqa: PLC0415 - few workers serve

        return BoundScenario(conversation_with(scenario, parameters, runtime), None, file)
    offers = {"gather": runtime.gather, "new_loop": _new_loop(runtime)}
    wanted = {name: value for name, value in offers.items() if name in _parameter_names(scenario)}
    bound = _with_arguments(scenario.function, {**parameters, **wanted})
    operation, set_up = (None, bound) if has_set_up(scenario) else (bound, None)
    return BoundScenario(operation, set_up, file, code_of(scenario))


def source_file(scenario: Scenario) -> str:
    """Return the file of the scenario's function, as the frames of a traceback name it."""
    code = code_of(scenario)
    return "" if code is None else str(code.co_filename)


def code_of(scenario: Scenario) -> CodeType | None:
    """Return the code of the scenario's function; None where it was not written in Python."""
    code: CodeType | None = getattr(inspect.unwrap(scenario.function), "__code__", None)
    return code


def _new_loop(runtime: Runtime) -> NewLoop:
    run = partial(anyio.run, backend=runtime.anyio_backend, backend_options=runtime.options)
    return NewLoop(run, runtime.modules)


def _with_arguments(function: Callable[..., Any], arguments: dict[str, Any]) -> Callable[[], Any]:
    """Bind a function to its arguments, by position as far as they can be.

    By keyword, a call costs half as much again, inside the clock: 1% of a scenario of 20 µs.
    """
    by_position = []
    for name, parameter in inspect.signature(function).parameters.items():
        if name not in arguments or parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
            break
        by_position.append(arguments.pop(name))
    return partial(function, *by_position, **arguments)


def open_case(case: CaseSpec, clocks: Iterable[str] = ()) -> tuple[BoundScenario, Runtime]:
    """Import the backend and then the scenario that a case names, and bind them.

    `clocks` are what it will be timed with, which nothing that is imported here may change.
    Raises LibraryMissing before it imports anything, ModuleBroken, and whatever the loop's package raises
    when imported.
    """
    scenario, runtime = open_scenario(case, clocks)
    return bind(scenario, arguments_of(case), runtime), runtime


def arguments_of(case: CaseSpec) -> dict[str, Any]:
    """Return the parameters of a case, and the application of a service of the user's own."""
    return {**dict(case.parameters), **({"app": case.app} if case.app else {})}


def open_scenario(case: CaseSpec, clocks: Iterable[str] = ()) -> tuple[Scenario, Runtime]:
    """Import the backend and then the scenario that a case names, with all that it needs."""
    _check_needs(case.needs)
    if case.folder:
        sys.path.insert(0, case.folder)  # as `python -m uvicorn` does there
    loop = Loop("", case.family, case.factory)  # what it is called is nobody's business here
    runtime = open_backend(Backend(loop, case.gatherer), clocks)
    scenario = find_scenario(case.module, case.scenario)
    for library in case.needs:
        load_module(library)  # now, not inside the first observation
    return scenario, runtime


def _check_needs(needs: Iterable[str]) -> None:
    for library in needs:
        name = library.partition(".")[0]
        if importlib.util.find_spec(name) is None:
            raise LibraryMissing(f"no module named {name!r}")
