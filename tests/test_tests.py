"""What holds for every test module: it uses what is public, and its tests are sentences that can fail."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PRIVATE = re.compile(r"_[a-z]\w*")


@cache
def modules() -> dict[str, ast.Module]:
    """Every module under tests/, parsed, by its path there."""
    folder = ROOT / "tests"
    paths = [*folder.rglob("*.py")]
    assert len(paths) > 100
    return {str(path.relative_to(folder)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def imported_names(tree: ast.AST, package: str) -> set[str]:
    """The local names of what a module imports of a package."""
    return {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == package)
        or (isinstance(node, ast.Import) and node.names[0].name.partition(".")[0] == package)
        for alias in node.names
    }


def private_uses(tree: ast.AST, defined: set[str]) -> list[str]:
    """Each use of a private name of `harness`: imported, read off what is imported, or named for a patch.

    `defined` are the private names that `harness` defines: an instance's attribute is known by these.
    """
    ours = imported_names(tree, "harness")
    found = [name for name in ours if PRIVATE.fullmatch(name)]
    if not ours:
        return found
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ast.Name("self" | "cls" | "os" | "sys"), _):
                continue
            case ast.Attribute(ast.Name(base), name) if base in ours and PRIVATE.fullmatch(name):
                found.append(f"{base}.{name}")
            case ast.Attribute(_, name) if name in defined and PRIVATE.fullmatch(name):
                found.append(name)
            case ast.Call(ast.Attribute(_, "setattr"), [_, ast.Constant(str(text)), *_]) if text in defined:
                found.append(repr(text))
            case _:
                pass
    return found


@cache
def private_names() -> set[str]:
    """Every private function, method, class, constant and attribute that `harness` defines."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "harness").rglob("*.py"))
    pattern = re.compile(r"(?:\bdef |\bclass |\bself\.|^)(_[A-Za-z]\w*)(?=\(|:| = |\b)", re.MULTILINE)
    return {name for text in texts for name in pattern.findall(text)}


def test_no_test_uses_what_is_private_to_the_harness() -> None:
    assert {"_bars", "_ordinary_rounds"} <= private_names()
    uses = {path: private_uses(tree, private_names()) for path, tree in modules().items()}
    assert uses.pop("test_backends.py") == ["_selector"]  # asyncio's, which has a namesake here
    assert {path: found for path, found in uses.items() if found} == {}


@pytest.mark.parametrize(
    "line",
    [
        "from harness.cli.progress import _narrowing",
        "from harness.runner import timing; timing._arm()",
        "from harness.cli.progress import Progress; made()._bars",
        "from harness.runner import timing; patch.setattr(timing, '_ordinary_rounds', fake)",
    ],
)
def test_a_use_of_what_is_private_is_seen(line: str) -> None:
    assert len(private_uses(ast.parse(line), private_names())) == 1


def test_no_test_module_imports_another() -> None:
    """What several need stands in a module of its own, and fixtures stand in conftest.py."""
    imports = {
        path: [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        for path, tree in modules().items()
    }
    wrong = re.compile(r"tests\.(?:\w+\.)?test_\w+")
    assert [
        path for path, names in imports.items() if any(name and wrong.match(name) for name in names)
    ] == []


def test_a_mark_stands_on_a_test() -> None:
    """On a helper it does nothing: the test below it runs where it should not."""
    marked = [
        f"{path}: {function.name}"
        for path, tree in modules().items()
        for function in functions(tree)
        if any("pytest.mark." in ast.unparse(decorator) for decorator in function.decorator_list)
    ]
    assert len(marked) > 300
    assert [name for name in marked if ": test_" not in name] == []


def test_the_name_of_a_test_is_a_sentence() -> None:
    names = {
        function.name
        for path, tree in modules().items()
        for function in tree.body
        if isinstance(function, ast.FunctionDef) and function.name.startswith("test_")
        if Path(path).name.startswith("test_")
    }
    assert len(names) > 900
    assert [name for name in sorted(names) if len(name.split("_")) < 4] == []
