"""Lists the benchmarks of scenario modules, with every promise already described."""

import inspect
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from types import FunctionType
from typing import Any

from harness.protocol.benchmarks import Benchmark, Claim, Difference, Prints, Promise
from harness.protocol.bounds import ANY, Left, LeftCount
from harness.protocol.descriptions import Outcome, Parameter
from harness.protocol.observations import (
    ANY_DIAGNOSTICS,
    ANY_LEAKS,
    ANY_NUMBER,
    Diagnostic,
    Leaks,
    multiset,
)
from harness.scenario import (
    UNPROMISED,
    AnyOrder,
    ClaimSpec,
    DifferenceSpec,
    PromiseSpec,
    Scenario,
)
from harness.worker.describing import Describer, comparable_text
from harness.worker.loading import OFFERED, has_set_up, load_module, scenarios_in, wants_gather
from harness.worker.refusals import Malformed, Undescribable
from harness.worker.sources import digests_of

Parameters = dict[str, Parameter]

_describer = Describer()


def list_benchmarks(module: str, family: str) -> Iterator[Benchmark]:
    """Yield every benchmark of a module, in the order written. Raises ModuleBroken or Malformed."""
    imported = load_module(module)
    scenarios = scenarios_in(imported)
    if not scenarios:
        raise Malformed(f"{module} defines no scenario: decorate a coroutine function with @scenario")
    digests = digests_of(imported)
    for scenario in scenarios:
        try:
            for benchmark in benchmarks_of(scenario, module, family):
                yield replace(benchmark, digests=digests)
        except Undescribable as refusal:
            raise Malformed(f"{_source(scenario)}: a promise of {scenario.name}: {refusal}") from None
        except Malformed as malformed:
            raise Malformed(f"{_source(scenario)}: {malformed}") from None
        except Exception as error:  # noqa: BLE001 - a promise's function is the user's code
            error_text = f"{type(error).__name__}: {error}"
            raise Malformed(
                f"{_source(scenario)}: a promise of {scenario.name} raised {error_text}"
            ) from None


def benchmarks_of(scenario: Scenario, module: str, family: str) -> Iterator[Benchmark]:
    """Yield the benchmarks of a scenario: one for each combination of its parameters. Raises Malformed."""
    _check_shape(scenario)
    _check_values(scenario)
    for values in product(*scenario.params.values()):
        yield _benchmark(scenario, module, family, dict(zip(scenario.params, values, strict=True)))


def _check_shape(scenario: Scenario) -> None:
    function = scenario.function
    if not (inspect.iscoroutinefunction(function) or has_set_up(scenario)):
        raise Malformed(
            f"{scenario.name} is neither a coroutine function nor an @asynccontextmanager that yields one"
        )
    takes = set(inspect.signature(function).parameters) - OFFERED
    if takes != set(scenario.params):
        raise Malformed(
            f"{scenario.name} takes {sorted(takes)} but sweeps "
            f"{sorted(scenario.params)}: name the same parameters in both"
        )


def _benchmark(scenario: Scenario, module: str, family: str, parameters: Parameters) -> Benchmark:
    traffic = _resolve(scenario.traffic, parameters)
    return Benchmark(
        scenario=scenario.name,
        family=family,
        module=module,
        summary=(inspect.getdoc(scenario.function) or "").partition("\n")[0],
        source=_source(scenario),
        parameters=tuple(parameters.items()),
        uses_gather=wants_gather(scenario),
        timed=scenario.timed,
        cpus=scenario.cpus,
        tags=tuple(_resolve(scenario.tags, parameters)),
        ideal=_resolve(scenario.ideal, parameters),
        native=scenario.native,
        only=scenario.only,
        needs=scenario.needs,
        set_up=has_set_up(scenario),
        text=_text(scenario),
        promise=_promise(scenario.promise, parameters),
        differences=tuple(_difference(spec, parameters) for spec in scenario.differs),
        claims=tuple(_claim(spec, parameters) for spec in scenario.claims),
        title=_resolve(scenario.title, parameters),
        reported=scenario.reported,
        idle=scenario.idle,
        connections=0 if traffic is None else int(traffic.connections),
        serves=None if traffic is None else traffic.serves,
        stacks=tuple(scenario.stacks.items()),
    )


def _source(scenario: Scenario) -> str:
    path = Path(inspect.getsourcefile(inspect.unwrap(scenario.function)) or "?")
    return f"{'/'.join(path.parts[-3:])}:{_lines(scenario.function)[1]}"


@cache
def _lines(function: Callable[..., Any]) -> tuple[list[str], int]:
    """A scenario's lines and the number of the first: cut out once, for all of its benchmarks."""
    return inspect.getsourcelines(inspect.unwrap(function))


LONGEST_TEXT = 16 * 1024
"""Characters of a scenario that a record keeps: fifty times what ours have, a table in a module apart."""


def _text(scenario: Scenario) -> str:
    text = "".join(_lines(scenario.function)[0])
    if len(text) <= LONGEST_TEXT:
        return text
    return f"{text[:LONGEST_TEXT]}\n… ({len(text):,} characters)\n"


def _check_values(scenario: Scenario) -> None:
    for name, values in scenario.params.items():
        if not isinstance(values, (list, tuple, range)) or not values:
            raise Malformed(f"{scenario.name} sweeps {name} over {values!r}: give a list of values")
        if not all(isinstance(value, (bool, int, float, str)) for value in values):
            raise Malformed(f"{scenario.name} sweeps {name}: use numbers, strings and booleans only")
        if not all(math.isfinite(value) for value in values if isinstance(value, float)):
            raise Malformed(f"{scenario.name} sweeps {name} over {values!r}: JSON has finite numbers only")
        if len({str(value) for value in values}) < len(values):
            raise Malformed(
                f"{scenario.name} sweeps {name} over {values!r}: two benchmarks would have one name"
            )
    if not isinstance(scenario.ideal, (int, float, FunctionType, type(None))):
        raise Malformed(f"the ideal of {scenario.name} is {scenario.ideal!r}: give seconds")


def _resolve(value: Any, parameters: Parameters) -> Any:
    """A promise's value; a function of the parameters is called with those that it names."""
    if not isinstance(value, FunctionType):
        return value
    names = inspect.signature(value).parameters
    return value(**{name: parameters[name] for name in names if name in parameters})


def _promise(spec: PromiseSpec, parameters: Parameters) -> Promise:
    leaves = _resolve(spec.leaves, parameters)
    return Promise(
        outcome=_outcome(_resolve(spec.returns, parameters), _resolve(spec.raises, parameters)),
        prints=_prints(_resolve(spec.prints, parameters)),
        diagnostics=None if leaves is UNPROMISED else _diagnostics(leaves),
        leaks=None if leaves is UNPROMISED else _leaks(leaves),
    )


def _outcome(returns: object, raises: object) -> Outcome | None:
    if raises is not UNPROMISED:
        return Outcome("raised", _describer.describe(raises))
    if returns is not UNPROMISED:
        return Outcome("returned", _describer.describe(returns))
    return None


def _prints(lines: Any) -> Prints | None:
    if lines is UNPROMISED:
        return None
    any_order = isinstance(lines, AnyOrder)
    promised = lines.values if any_order else lines
    if not isinstance(promised, (list, tuple)) or not all(isinstance(line, str) for line in promised):
        raise Malformed(f"prints={promised!r}: give a list of lines")
    return Prints(tuple(map(comparable_text, promised)), any_order)


def _leftovers(leaves: Any) -> list[Left | LeftCount]:
    """Return what is promised to be left, one by one. Raises Malformed for what is nothing of the kind."""
    promised = [leaves] if isinstance(leaves, (Left, LeftCount)) else leaves
    if not isinstance(promised, (list, tuple)) or not all(
        isinstance(leftover, (Left, LeftCount)) for leftover in promised
    ):
        raise Malformed(
            f"leaves={leaves!r}: give never_retrieved(...), never_awaited(), descriptors(2), tasks(ANY), "
            "a list of such, or ANY"
        )
    return list(promised)


def _diagnostics(leaves: Any) -> tuple[Diagnostic, ...]:
    if leaves is ANY:
        return ANY_DIAGNOSTICS
    leftovers = (leftover for leftover in _leftovers(leaves) if isinstance(leftover, Left))
    return multiset(map(_diagnostic, leftovers))


def _leaks(leaves: Any) -> Leaks | None:
    """Return what is promised to be left, if anything but diagnostics is."""
    if leaves is ANY:
        return ANY_LEAKS
    counts = [leftover for leftover in _leftovers(leaves) if isinstance(leftover, LeftCount)]
    for leftover in counts:
        if leftover.count is not ANY and not (isinstance(leftover.count, int) and leftover.count >= 0):
            raise Malformed(
                f"leaves={leaves!r}: {leftover.count!r} is no number of {leftover.kind}: give 2 or ANY"
            )
    numbers = {of.kind: ANY_NUMBER if of.count is ANY else of.count for of in counts}
    return Leaks(**numbers) if numbers else None  # type: ignore[arg-type]


def _diagnostic(leftover: Left) -> Diagnostic:
    exception = None if leftover.exception is None else _describer.describe(leftover.exception)
    return Diagnostic(leftover.kind, exception)


def _difference(spec: DifferenceSpec, parameters: Parameters) -> Difference:
    promise = _promise(spec.promise, parameters)
    return Difference(spec.on, promise, spec.because, spec.source, spec.python)


def _claim(spec: ClaimSpec, parameters: Parameters) -> Claim:
    return Claim(spec.words, spec.where, _promise(spec.promise, parameters))
