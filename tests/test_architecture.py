"""Who may import whom: the arrows of the design, held against every import statement there is."""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

ARROWS = {
    # words, and what a scenario may import
    "harness": "",
    "errors": "",
    "description": "",
    "observation": "description",
    "scenario": "description",
    "scenarios": "scenario",
    # the child process
    "protocol": "description",
    "backends": "description errors scenario",
    "worker": "backends description observation protocol scenario",
    # the parent's side of it
    "custody": "",
    "outlets": "protocol",
    "process": "custody observation outlets",
    "pace": "protocol",
    "venvs": "backends errors harness observation process protocol scenarios",
    "rounds": "description observation pace process protocol",
    "sighting": "backends errors observation process protocol venvs",
    # what it all means
    "filing": "pace",
    "parting": "description observation",
    "verdict": "description errors observation parting",
    "estimate": "protocol",
    "plan": "backends errors estimate observation",
    "spread": "pace protocol",
    "trial": "estimate pace spread",
    "contrasts": "backends estimate pace",
    "passes": "estimate observation pace plan protocol",
    "entry": "observation pace passes plan trial",
    "record": "contrasts entry estimate observation pace passes trial verdict",
    "samples": "contrasts entry estimate observation pace plan protocol record spread",
    "beside": "estimate pace passes protocol record samples",
    "tally": "backends beside contrasts description entry estimate observation pace parting passes plan"
    " record samples trial verdict",
    "table": "entry estimate record verdict",
    "differences": "parting record table verdict",
    "sentences": "estimate record table verdict",
    "reliability": "estimate trial",
    "attributed": "contrasts record table",
    "audited": "record reliability table",
    "comparison": "errors estimate plan record verdict",
    "changes": "comparison errors estimate record",
    "comparison_table": "changes comparison estimate table",
    "gate": "comparison estimate",
    "summary": "estimate record",
    # what is done with it
    "caveats": "record sentences",
    "commands": "backends observation plan record",
    "evidence": "backends commands contrasts estimate filing observation parting plan record table verdict",
    "passed": "beside evidence passes record table",
    "sweep": "description estimate record",
    "capabilities": "backends observation parting record table verdict",
    "report": "attributed audited capabilities caveats commands differences errors estimate evidence"
    " pace passed passes plan record reliability sentences summary sweep table verdict",
    "store": "entry errors filing record trial",
    "site": "audited errors estimate evidence record report sentences store table verdict",
    "environment": "backends entry rounds sighting venvs",
    "runner": "backends contrasts entry environment estimate observation pace passes plan rounds sighting"
    " spread tally venvs",
    "fuzz": "backends errors observation process store",
    "configuration": "errors",
    "catalog": "errors observation scenarios sighting",
    "usual": "estimate protocol",
    "audit": "backends entry estimate observation pace plan record rounds runner sighting spread tally"
    " trial usual",
    "session": "audit audited entry errors record report runner store tally",
    "cli": "backends fuzz venvs capabilities catalog changes comparison comparison_table configuration entry"
    " environment errors estimate gate observation passes plan record report runner session sighting site"
    " store table tally trial venvs verdict",
}
"""Each module of `harness`, or package in it, with the others that it may import: only rows above its own.

A new module is a new row here. A package may always import its own modules.
"""

ON_ASYNCIO = " ".join(
    f"scenarios.capabilities.{module}"
    for module in (
        "running_loop",
        "loop_callbacks",
        "loop_datagrams",
        "loop_errors",
        "loop_processes",
        "loop_readiness",
        "loop_tasks",
    )
)
"""The stories about the methods of asyncio's own loops, which AnyIO does not have."""

LIBRARIES = {
    "altair": "report",
    "asyncio": "backends harness.fuzz.interpreter.virtual_asyncio"
    " scenarios.native.asyncio_tasks scenarios.native.asyncio_locks"
    f" scenarios.native.asyncio_echo {ON_ASYNCIO}",
    "trio": "backends harness.fuzz.interpreter.virtual_trio"
    " scenarios.native.trio_tasks scenarios.native.trio_locks scenarios.native.trio_echo",
    "uvloop": "backends",
    "anyio": "backends worker scenarios harness.fuzz.interpreter.__main__ harness.fuzz.interpreter.execution"
    " harness.fuzz.interpreter.statements",
    "ddsketch": "worker",
    "httpx": "scenarios.http.requests scenarios.http.serving",
    "httpx_ws": "scenarios.http.websocket",
    "jinja2": "report",
    "markupsafe": "report site",
    "numpy": "site summary",
    "msgspec": "configuration fuzz process rounds sighting store report site cli venvs",
    "packaging": "verdict venvs fuzz",
    "platformdirs": "report venvs",
    "pyperf": "store usual worker",
    "rich": "report cli",
    "ruptures": "site",
    "scipy": "estimate sweep",
    "trustme": "scenarios.network.tls scenarios.capabilities.certificate",
    "sniffio": "scenarios.http.serving",
    "starlette": "scenarios.http.application",
    "typer": "cli",
    "uv": "venvs",
    "vl_convert": "report",
}
"""Who may name a library: a row of ARROWS, or one module in full.

A library that is a workload, or a loop that is a native control, is granted to the scenarios that need it.
"""

PURE = (
    "attributed audited beside capabilities caveats changes comparison comparison_table commands contrasts"
    " differences estimate evidence filing gate pace parting passed passes reliability samples sentences"
    " spread summary sweep table tally trial verdict"
)
WORLD = "datetime io os pathlib random shutil socket subprocess sys tempfile time"
"""What a pure module has no use for: it is given values and returns values."""


def modules() -> Iterator[tuple[str, Path]]:
    for package in ("harness", "scenarios"):
        for path in sorted((ROOT / package).rglob("*.py")):
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield dotted.removesuffix(".__init__"), path


MODULES = dict(modules())


def row_of(module: str) -> str:
    """The row of ARROWS that a module of ours belongs to: `report` for `harness.report.csv`."""
    top, _, rest = module.partition(".")
    return rest.partition(".")[0] if top == "harness" and rest else top


def is_ours(name: str) -> bool:
    return name.partition(".")[0] in {"harness", "scenarios"}


def names_in(statement: ast.AST, package: str) -> Iterator[str]:
    """The modules that one statement imports, wherever it stands; `import_module("…")` is one too."""
    match statement:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=source, names=names, level=level):
            base = resolve_name("." * level + (source or ""), package)
            for alias in names:
                yield nested if (nested := f"{base}.{alias.name}") in MODULES else base
        case ast.Call(
            func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            yield name


@cache
def imports_of(module: str) -> frozenset[str]:
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    tree = ast.parse(path.read_text())
    return frozenset(name for node in ast.walk(tree) for name in names_in(node, package))


def may_name(module: str, library: str) -> bool:
    if library in LIBRARIES:
        return bool({row_of(module), module} & set(LIBRARIES[library].split()))
    return library in sys.stdlib_module_names


def loaded_by(names: Iterable[str]) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded when these are imported."""
    return {name.partition(".")[0] for name in modules_loaded_by(names)}


def modules_loaded_by(names: Iterable[str]) -> set[str]:
    """The same, with every module by its whole name."""
    program = (
        "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"
    )
    said = subprocess.check_output([sys.executable, "-c", program, *names], cwd=ROOT, text=True, timeout=60)
    return set(said.split())


def test_every_module_has_a_row_and_every_row_a_module() -> None:
    assert set(map(row_of, MODULES)) == set(ARROWS)


def test_arrows_point_only_at_rows_above() -> None:
    above: set[str] = set()
    for row, allowed in ARROWS.items():
        assert set(allowed.split()) <= above, row
        above.add(row)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_its_row_allows(module: str) -> None:
    allowed = {row_of(module), *ARROWS[row_of(module)].split()}
    assert {name for name in imports_of(module) if is_ours(name) and row_of(name) not in allowed} == set()


@pytest.mark.parametrize("module", MODULES)
def test_a_library_is_named_only_where_it_may_be(module: str) -> None:
    libraries = {name.partition(".")[0] for name in imports_of(module) if not is_ours(name)}
    assert {library for library in libraries if not may_name(module, library)} == set()


@pytest.mark.parametrize("module", MODULES)
def test_the_file_of_a_family_of_loops_is_opened_and_never_imported(module: str) -> None:
    assert {name for name in imports_of(module) if name.startswith("harness.backends.on_")} == set()


@pytest.mark.parametrize("module", [module for module in MODULES if row_of(module) in PURE.split()])
def test_a_pure_module_sees_nothing_of_the_world(module: str) -> None:
    assert {name.partition(".")[0] for name in imports_of(module)} & set(WORLD.split()) == set()


def test_the_parent_loads_no_loop_and_no_statistics_until_it_needs_them() -> None:
    in_child = {"worker", "scenarios"}
    parent = [
        module
        for module in MODULES
        if row_of(module) not in in_child
        and not module.startswith(("harness.backends.", "harness.fuzz.interpreter"))
    ]
    assert "harness.cli" in parent
    assert loaded_by(parent) & {"anyio", "asyncio", "pyperf", "scipy", "trio", "uvloop"} == set()


def test_the_command_line_loads_no_drawing_either_until_a_command_needs_it() -> None:
    loaded = loaded_by(["harness.cli.app"])
    assert "typer" in loaded
    heavy = {"altair", "anyio", "asyncio", "jinja2", "numpy", "pandas", "pyperf", "rich", "scipy", "trio"}
    assert loaded & {*heavy, "uvloop", "vl_convert"} == set()


def test_the_interpreter_of_random_programs_imports_backends_and_its_own_modules_only() -> None:
    interpreter = [module for module in MODULES if module.startswith("harness.fuzz.interpreter")]
    assert "harness.fuzz.interpreter.__main__" in interpreter
    for module in interpreter:
        ours = {name for name in imports_of(module) if is_ours(name)}
        assert all(name.startswith(("harness.backends", "harness.fuzz.interpreter")) for name in ours), module


def test_a_worker_loads_nothing_that_only_the_parent_needs() -> None:
    worker = [module for module in MODULES if row_of(module) == "worker" and not module.endswith("__main__")]
    assert "harness.worker.timing" in worker
    parents = {"msgspec", "packaging", "pyperf", "rich", "scipy", "typer"}
    assert loaded_by(worker) & {*parents, "ddsketch"} == set()


def test_a_worker_that_times_loads_neither_what_is_only_observed_nor_what_only_large_values_need() -> None:
    loaded = modules_loaded_by(["harness.worker.__main__", "harness.worker.timing"])
    assert "harness.description" in loaded
    assert loaded & {"harness.observation", "hashlib", "harness.worker.watching"} == set()
