"""The scenarios that are known without a path: loopcmp's own, and those of plugins: installed packages."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from itertools import chain

import scenarios
from harness.errors import BadInput
from harness.execution.listing import PLUGIN_PATIENCE, list_benchmarks
from harness.protocol.benchmarks import Benchmark

GROUP = "loopcmp.scenarios"
"""The entry points by which an installed package names its modules: `family = "package.module"`."""


@dataclass(frozen=True, slots=True)
class BrokenPlugin:
    """A module of an installed package whose scenarios cannot be had, and why."""

    module: str
    family: str
    reason: str


@dataclass(frozen=True, slots=True)
class KnownScenarios:
    """The benchmarks that are known, and the plugins that do not take part."""

    benchmarks: tuple[Benchmark, ...]
    broken: tuple[BrokenPlugin, ...] = ()


@cache
def known_scenarios() -> KnownScenarios:
    """Return every benchmark that comes with loopcmp, family by family, then those of installed packages.

    A package's module is imported by a worker only, like any other that is not ours, and by a worker of its
    own: one that raises, exits or hangs takes nothing from the others.
    """
    benchmarks, broken = list(list_benchmarks(_own_modules())), []
    for module, family in plugin_modules():
        listed = _listed(module, family)
        if isinstance(listed, BrokenPlugin):
            broken.append(listed)
        else:
            benchmarks += listed
    return KnownScenarios(tuple(benchmarks), tuple(broken))


def _listed(module: str, family: str) -> tuple[Benchmark, ...] | BrokenPlugin:
    """List a plugin's benchmarks, unless it is broken."""
    try:
        return list_benchmarks([(module, family)], patience=PLUGIN_PATIENCE)
    except BadInput as error:
        return BrokenPlugin(module, family, str(error).removeprefix(f"{module} ").removeprefix(f"{module}: "))


def known_modules() -> list[tuple[str, str]]:
    """Return the modules of all known scenarios, each with its family."""
    return [*_own_modules(), *plugin_modules()]


def _own_modules() -> list[tuple[str, str]]:
    return [
        (f"scenarios.{family}.{module}", family)
        for family in scenarios.FAMILIES
        for module in import_module(f"scenarios.{family}").MODULES
    ]


def plugin_modules() -> list[tuple[str, str]]:
    """Return the modules of installed plugins with their names, in the order of the modules."""
    return sorted((entry.module, entry.name) for entry in entry_points(group=GROUP))


def requirements_of(benchmarks: Iterable[Benchmark]) -> tuple[str, ...]:
    """Return what the benchmarks' families need besides AnyIO: each says so in `REQUIREMENTS`."""
    families = dict.fromkeys(
        benchmark.family for benchmark in benchmarks if benchmark.module.startswith("scenarios.")
    )
    requirements = (getattr(import_module(f"scenarios.{family}"), "REQUIREMENTS", ()) for family in families)
    return tuple(dict.fromkeys(chain.from_iterable(requirements)))
