"""The benchmarks that there are, and which of them a user's words choose."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from importlib import import_module
from importlib.metadata import entry_points
from itertools import chain
from pathlib import Path

import scenarios
from harness.errors import BadInput
from harness.execution.listing import list_benchmarks
from harness.protocol.benchmarks import SCALE, Benchmark
from harness.runner.own_app import benchmark_again

GROUP = "loopcmp.scenarios"
"""The entry points by which an installed package names its modules: `family = "package.module"`."""

ASIDE = frozenset({"capability"})
"""The tags of benchmarks that are not about speed or agreement, and are chosen only by name or tag."""


def known_benchmarks() -> tuple[Benchmark, ...]:
    """Return every benchmark that comes with loopcmp, family by family, then those of installed packages.

    A package's module is imported by a worker only, like any other that is not ours.
    """
    return list_benchmarks(_known_modules())


def _known_modules() -> list[tuple[str, str]]:
    """Return the modules of all known scenarios, each with its family."""
    ours = [
        (f"scenarios.{family}.{module}", family)
        for family in scenarios.FAMILIES
        for module in import_module(f"scenarios.{family}").MODULES
    ]
    theirs = sorted((entry.module, entry.name) for entry in entry_points(group=GROUP))
    return [*ours, *theirs]


def requirements_of(benchmarks: Iterable[Benchmark]) -> tuple[str, ...]:
    """Return what the benchmarks' families need besides AnyIO: each says so in `REQUIREMENTS`."""
    families = dict.fromkeys(
        benchmark.family for benchmark in benchmarks if benchmark.module.startswith("scenarios.")
    )
    requirements = (getattr(import_module(f"scenarios.{family}"), "REQUIREMENTS", ()) for family in families)
    return tuple(dict.fromkeys(chain.from_iterable(requirements)))


def choose_benchmarks(words: Sequence[str], *, scale: bool = False) -> tuple[Benchmark, ...]:
    """Return the benchmarks that the words choose: a name, a glob, a tag, a family, an id, or a path.

    Without a word they are all but those with a tag in ASIDE.
    Benchmarks tagged "scale" are left out unless `scale` is set, or their own id or that tag is a word.
    Raises BadInput for a word that chooses nothing, for names that clash, and where all is left out.
    """
    chosen = _chosen_benchmarks(words)
    left = tuple(
        benchmark
        for benchmark in chosen
        if scale or SCALE not in benchmark.tags or {benchmark.id, SCALE} & set(words)
    )
    if chosen and not left:
        raise BadInput(f"{chosen[0].id} takes gigabytes or minutes: name it in full, or add --scale")
    return left


def check_module(module: str, family: str) -> None:
    """Raise BadInput unless words could choose benchmarks of a module: a path, or one that is known."""
    if _is_path(module):
        _check_python(module)
    elif (module, family) not in _known_modules():
        raise BadInput(f"{module!r} is no scenario module of loopcmp or of a package that is installed here")


def check_benchmarks(benchmarks: Sequence[Benchmark]) -> None:
    """Raise BadInput where a benchmark's scenario has changed; it may stand on another line."""
    for module in dict.fromkeys(benchmark.module for benchmark in benchmarks if _is_path(benchmark.module)):
        if not Path(module).is_file():
            raise BadInput(f"{module} is not here: go on in the folder where the run was begun")
    modules = dict.fromkeys((benchmark.module, benchmark.family) for benchmark in benchmarks)
    benchmarks_now = {benchmark.id: replace(benchmark, source="") for benchmark in list_benchmarks(modules)}
    for again in filter(None, map(benchmark_again, benchmarks)):
        benchmarks_now[again.id] = replace(again, source="")
    for benchmark in benchmarks:
        if benchmarks_now.get(benchmark.id) != replace(benchmark, source=""):
            raise BadInput(
                f"{benchmark.id} is no longer the scenario that the run was begun with: "
                f"undo what was changed in {benchmark.source.rpartition(':')[0]}, or begin another run"
            )


def _chosen_benchmarks(words: Sequence[str]) -> tuple[Benchmark, ...]:
    paths = [word for word in words if _is_path(word)]
    names = [word for word in words if word not in paths]
    benchmarks = [*_named(names, known_benchmarks())] if names or not paths else []
    once: dict[Path, str] = {}
    for path in paths:  # one file may be typed in two ways
        once.setdefault(Path(_existing(path)).resolve(), path)
    benchmarks += list_benchmarks((path, Path(path).stem) for path in once.values())
    chosen: dict[str, Benchmark] = {}
    for benchmark in benchmarks:
        if benchmark.id in chosen:
            raise BadInput(f"two scenarios are called {benchmark.id}: rename the one in {benchmark.source}")
        chosen[benchmark.id] = benchmark
    return tuple(chosen.values())


def _is_path(word: str) -> bool:
    return word.endswith(".py") or "/" in word


def _existing(path: str) -> str:
    if not Path(path).is_file():
        raise BadInput(f"there is no scenario file {path}")
    _check_python(path)
    return path


def _check_python(path: str) -> None:
    if not path.endswith(".py"):
        raise BadInput(f"{path} is no Python file: its name must end in .py")


def _named(words: Sequence[str], benchmarks: Sequence[Benchmark]) -> Iterable[Benchmark]:
    if not words:
        return [benchmark for benchmark in benchmarks if ASIDE.isdisjoint(benchmark.tags)]
    for word in words:
        if not any(_chosen(benchmark, word) for benchmark in benchmarks):
            raise BadInput(_nothing_called(word, benchmarks))
    return [benchmark for benchmark in benchmarks if any(_chosen(benchmark, word) for word in words)]


def _chosen(benchmark: Benchmark, word: str) -> bool:
    return word in (benchmark.family, *benchmark.tags, benchmark.scenario, benchmark.id) or any(
        fnmatchcase(name, word) for name in (benchmark.scenario, benchmark.id)
    )


def _nothing_called(word: str, benchmarks: Sequence[Benchmark]) -> str:
    names = {
        name
        for benchmark in benchmarks
        for name in (benchmark.scenario, benchmark.id, benchmark.family, *benchmark.tags)
    }
    near = get_close_matches(word, sorted(names), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"no scenario, tag or family is called {word!r}: {hint}`loopcmp list` shows them all"
