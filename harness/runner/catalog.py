"""The benchmarks that there are, and which of them a user's words choose."""

import ast
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from textwrap import dedent

from harness.errors import BadInput, ImportMissing
from harness.execution.environments import InterpreterPath
from harness.execution.listing import OWN_INTERPRETER, list_benchmarks
from harness.protocol.benchmarks import SCALE, Benchmark, changed_files
from harness.runner.known_scenarios import known_modules, known_scenarios
from harness.runner.own_app import benchmark_again
from harness.runner.scenario_files import check_python, is_path, scenario_files

ASIDE = frozenset({"capability"})
"""The tags of benchmarks that are not about speed or agreement, and are chosen only by name or tag."""


def choose_benchmarks(
    words: Sequence[str],
    *,
    scale: bool = False,
    exclude: Sequence[str] = (),
    places: Iterable[InterpreterPath] = (OWN_INTERPRETER,),
) -> tuple[Benchmark, ...]:
    """Return the benchmarks that the words choose: a name, a glob, a tag, a family, an id, or a path.

    Without a word they are all but those with a tag in ASIDE. What a word of `exclude` chooses is left out.
    Benchmarks tagged "scale" are left out unless `scale` is set, or their own id or that tag is a word.
    The user's own files are listed in the first of `places` that has what they import.
    Raises BadInput for a word that chooses nothing, for names that clash, and where all is left out.
    """
    chosen = _without(_chosen_benchmarks(words, places), exclude)
    left = tuple(
        benchmark
        for benchmark in chosen
        if scale or SCALE not in benchmark.tags or {benchmark.id, SCALE} & set(words)
    )
    if chosen and not left:
        raise BadInput(f"{chosen[0].id} takes gigabytes or minutes: name it in full, or add --scale")
    return left


def search_benchmarks(words: Sequence[str]) -> tuple[Benchmark, ...]:
    """Return the known benchmarks that each word chooses, or that speak of it where it chooses none.

    Raises BadInput for a word that none speaks of.
    """
    known = known_scenarios().benchmarks
    kept: list[Benchmark] = []
    for word in words:
        chosen = [benchmark for benchmark in known if _chosen(benchmark, word)]
        chosen = chosen or [benchmark for benchmark in known if _speaks_of(benchmark, word)]
        if not chosen:
            raise BadInput(_nothing_called(word, known))
        kept += chosen
    return tuple(benchmark for benchmark in known if benchmark in kept)


def _speaks_of(benchmark: Benchmark, word: str) -> bool:
    words = (
        benchmark.id,
        benchmark.summary,
        description_of(benchmark),
        *benchmark.needs,
        *benchmark.reported,
    )
    return any(word.lower() in text.lower() for text in words)


@cache
def _docstring(text: str) -> str:
    with suppress(SyntaxError, IndexError):
        function = ast.parse(dedent(text)).body[0]
        if isinstance(function, ast.AsyncFunctionDef):
            return ast.get_docstring(function) or ""
    return ""


def description_of(benchmark: Benchmark) -> str:
    """Return the docstring of a benchmark's scenario, or its first line where the text was cut."""
    return _docstring(benchmark.text) or benchmark.summary


def check_module(module: str, family: str) -> None:
    """Raise BadInput unless words could choose benchmarks of a module: a path, or one that is known."""
    if is_path(module):
        check_python(module)
    elif (module, family) not in known_modules():
        raise BadInput(f"{module!r} is no scenario module of loopcmp or of a package that is installed here")


def check_benchmarks(
    benchmarks: Sequence[Benchmark], places: Iterable[InterpreterPath] = (OWN_INTERPRETER,)
) -> None:
    """Raise BadInput where a benchmark's scenario, or a file that it consists of, has changed."""
    for module in dict.fromkeys(benchmark.module for benchmark in benchmarks if is_path(benchmark.module)):
        if not Path(module).is_file():
            raise BadInput(f"{module} is not here: go on in the folder where the run was begun")
    modules = dict.fromkeys((benchmark.module, benchmark.family) for benchmark in benchmarks)
    ours = [*list_benchmarks(pair for pair in modules if not is_path(pair[0]))]
    theirs = _list_anywhere([pair for pair in modules if is_path(pair[0])], places)
    benchmarks_now = {benchmark.id: benchmark for benchmark in (*ours, *theirs)}
    for again in filter(None, map(benchmark_again, benchmarks)):
        benchmarks_now[again.id] = again
    for before in benchmarks:
        after = benchmarks_now.get(before.id)
        if after is None or _without_place(before, before) != _without_place(after, before):
            changed = changed_files(before, after) if after is not None else ()
            raise BadInput(
                f"{before.id} is no longer the scenario that the run was begun with: undo what was changed "
                f"in {' and '.join(changed) or before.source.rpartition(':')[0]}, or begin another run"
            )


def _without_place(benchmark: Benchmark, before: Benchmark) -> Benchmark:
    """Return a benchmark without its line; its files count only where they were recorded `before`."""
    return replace(benchmark, source="", digests=benchmark.digests if before.digests is not None else None)


def _chosen_benchmarks(words: Sequence[str], places: Iterable[InterpreterPath]) -> tuple[Benchmark, ...]:
    paths = [word for word in words if is_path(word)]
    names = [word for word in words if word not in paths]
    benchmarks = [*_named(names, known_scenarios().benchmarks)] if names or not paths else []
    benchmarks += _list_anywhere([(path, Path(path).stem) for path in scenario_files(paths)], places)
    chosen: dict[str, Benchmark] = {}
    for benchmark in benchmarks:
        if benchmark.id in chosen and not words:
            continue  # a plugin's, which nobody has named, blocks nothing
        if benchmark.id in chosen:
            raise BadInput(f"two scenarios are called {benchmark.id}: rename the one in {benchmark.source}")
        chosen[benchmark.id] = benchmark
    return tuple(chosen.values())


def _list_anywhere(
    modules: Sequence[tuple[str, str]], places: Iterable[InterpreterPath]
) -> tuple[Benchmark, ...]:
    """List the user's own files in the first place that has what they import.

    Raises ScenarioBroken, as the first place would, if none has.
    """
    missing: ImportMissing | None = None
    for place in places if modules else ():
        try:
            return list_benchmarks(modules, place)
        except ImportMissing as error:
            missing = missing or error
    if missing is not None:
        raise missing
    return ()


def _without(benchmarks: Sequence[Benchmark], words: Sequence[str]) -> tuple[Benchmark, ...]:
    """Return the benchmarks that no word chooses. Raises BadInput for a word that leaves nothing out."""
    for word in words:
        if not any(_excluded(benchmark, word) for benchmark in benchmarks):
            raise BadInput(f"--exclude {word!r} leaves nothing out: {_nothing_called(word, benchmarks)}")
    kept = tuple(
        benchmark for benchmark in benchmarks if not any(_excluded(benchmark, word) for word in words)
    )
    if benchmarks and not kept:
        raise BadInput("--exclude leaves everything out: exclude less")
    return kept


def _excluded(benchmark: Benchmark, word: str) -> bool:
    return _chosen(benchmark, word) or (is_path(word) and Path(benchmark.module) == Path(word))


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
    if values := _values_swept(word, benchmarks):
        return f"no benchmark is called {word!r}: in {word.partition(':')[0]}, {values}"
    if Path(word).is_dir():
        return (
            f"no scenario, tag or family is called {word!r}: to take the files in that folder, write {word}/"
        )
    near = get_close_matches(word, sorted(names), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"no scenario, tag or family is called {word!r}: {hint}`loopcmp list` shows them all"


def _values_swept(word: str, benchmarks: Sequence[Benchmark]) -> str:
    """Say which values the parameters of a scenario have, if a word names it with others; "" otherwise."""
    swept: dict[str, dict[str, None]] = {}
    for benchmark in benchmarks:
        if ":" in word and benchmark.scenario == word.partition(":")[0]:
            for name, value in benchmark.parameters:
                swept.setdefault(name, {})[str(value)] = None
    return " and ".join(f"{name} is {_either(list(values))}" for name, values in swept.items())


def _either(values: Sequence[str]) -> str:
    *most, last = values
    return f"{', '.join(most)} or {last}" if most else last
