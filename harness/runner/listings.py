"""What there is to run here: scenarios, backends and environments, each as `loopcmp list` shows it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from harness.backends.availability import state_of, version_of, why_unavailable
from harness.backends.backend import Backend, EnvironmentSpec
from harness.backends.registry import DEFAULT_BACKENDS, DEFAULT_BASELINE, known_backends
from harness.backends.third_party import KNOWN_LOOPS, LoopNotes
from harness.backends.variables import read_variable
from harness.execution.environments import built_from, installed_pythons
from harness.execution.environments.installed import BuiltEnvironment
from harness.protocol.benchmarks import Benchmark
from harness.protocol.descriptions import Parameter
from harness.runner.catalog import choose_benchmarks, description_of, search_benchmarks
from harness.runner.choosing import choose_backends, known
from harness.runner.known_scenarios import known_scenarios
from harness.runner.preparing import (
    Announce,
    completed,
    keep_silent,
    listing_places,
    tell_of_broken_plugins,
)
from harness.runner.scenario_files import is_path


@dataclass(frozen=True, slots=True)
class ListedScenario:
    """A benchmark that can be run, under its name on the command line."""

    name: str
    scenario: str
    parameters: dict[str, Parameter]
    family: str
    tags: tuple[str, ...]
    timed: bool
    summary: str
    source: str
    needs: tuple[str, ...]
    description: str
    """The scenario's docstring: what it does, what it isolates and what it does not show."""


@dataclass(frozen=True, slots=True)
class ListedPlugin:
    """A module of an installed package whose scenarios cannot be had; `summary` says why."""

    name: str
    family: str
    summary: str
    timed: bool = False


@dataclass(frozen=True, slots=True)
class ListedBackend:
    """A backend, and whether it can run here; `lacks` and `about` are its loop's own words, if known."""

    name: str
    loop: str
    gatherer: str
    default: bool
    version: str
    state: str
    unavailable: str | None
    lacks: str
    about: str
    notes: str


@dataclass(frozen=True, slots=True)
class ListedBuild:
    """What an environment was made into: its Python, and the version of each distribution in it."""

    python: str
    versions: dict[str, str]


@dataclass(frozen=True, slots=True)
class ListedEnvironment:
    """An environment that is defined, and what was made of it."""

    name: str
    python: str
    requirements: str
    state: str
    made: tuple[ListedBuild, ...]


@dataclass(frozen=True, slots=True)
class ListedInterpreter:
    """A Python that uv finds, of which an environment can be made; it has neither name nor requirements."""

    name: str
    python: str
    requirements: str
    state: str


Listing = ListedScenario | ListedPlugin | ListedBackend | ListedEnvironment | ListedInterpreter


def list_scenarios(
    words: Sequence[str],
    environments: Sequence[str] = (),
    passed: Sequence[str] = (),
    announce: Announce = keep_silent,
) -> tuple[ListedScenario | ListedPlugin, ...]:
    """Return the benchmarks that the words choose, the large ones too; else those that speak of a word.

    Without a word, plugins that are broken are listed last.

    The user's own files are listed where backends would run: in `environments`, with the variables that are
    `passed`. Raises BadInput as choosing does.
    """
    variables = [read_variable("--pass", variable) for variable in passed]
    backends = choose_backends(known([], environments), [DEFAULT_BASELINE], environments, variables)
    places = listing_places(completed(backends, ()), announce)
    paths = [word for word in words if is_path(word)]
    benchmarks = [*choose_benchmarks(paths, scale=True, places=places)] if paths or not words else []
    if names := [word for word in words if word not in paths]:
        benchmarks += search_benchmarks(names)
    tell_of_broken_plugins(words, announce)
    broken = () if words else known_scenarios().broken
    plugins = [ListedPlugin(plugin.module, plugin.family, f"broken: {plugin.reason}") for plugin in broken]
    return (*map(_listed_scenario, benchmarks), *plugins)


def _listed_scenario(benchmark: Benchmark) -> ListedScenario:
    return ListedScenario(
        name=benchmark.id,
        scenario=benchmark.scenario,
        parameters=dict(benchmark.parameters),
        family=benchmark.family,
        tags=benchmark.tags,
        timed=benchmark.timed,
        summary=benchmark.summary,
        source=benchmark.source,
        needs=benchmark.needs,
        description=description_of(benchmark),
    )


def list_backends(loops: Sequence[str]) -> tuple[ListedBackend, ...]:
    """Return every backend of the known loops and of those that --loop defines.

    A third-party loop that is known is listed once, with `gather`. Raises BadInput for words of --loop that
    define no loop.
    """
    return tuple(
        _listed_backend(backend)
        for backend in known_backends(known(loops, []).loops)
        if backend.loop.name not in KNOWN_LOOPS or backend.gatherer == "gather"
    )


def _listed_backend(backend: Backend) -> ListedBackend:
    notes, unavailable = KNOWN_LOOPS.get(backend.loop.name), why_unavailable(backend.loop)
    return ListedBackend(
        name=backend.name,
        loop=backend.loop.name,
        gatherer=backend.gatherer,
        default=backend.name in DEFAULT_BACKENDS,
        version=version_of(backend.loop),
        state=state_of(backend.loop).value,
        unavailable=unavailable,
        lacks=notes.lacks if notes else "",
        about=notes.about if notes else "",
        notes="; ".join(filter(None, (unavailable, _shortcomings(notes)))),
    )


def _shortcomings(notes: LoopNotes | None) -> str:
    return f"by its own words ({notes.about}) lacks {notes.lacks}" if notes and notes.lacks else ""


def list_environments(words: Sequence[str]) -> tuple[ListedEnvironment | ListedInterpreter, ...]:
    """Return each environment that is defined, then the Pythons that uv finds.

    Raises BadInput for words of --env that define no environment.
    """
    defined = map(_listed_environment, known([], words).venvs)
    return tuple(chain(defined, _interpreters()))


def _listed_environment(environment: EnvironmentSpec) -> ListedEnvironment:
    made = tuple(built_from(environment))
    return ListedEnvironment(
        name=environment.name,
        python=environment.python,
        requirements=", ".join(environment.requirements),
        state="; ".join(map(_summary, made)) or "not made yet: the first run with it makes it",
        made=tuple(ListedBuild(build.python, dict(build.versions)) for build in made),
    )


def _summary(build: BuiltEnvironment) -> str:
    return f"made: Python {build.python} with {', '.join(map(' '.join, build.versions))}"


def _interpreters() -> Iterator[ListedInterpreter]:
    for version in installed_pythons():
        yield ListedInterpreter("", version, "", f"found by uv: --env NAME={version}")
