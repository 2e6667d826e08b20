"""The files that a scenario consists of: its module, and what it imports from beside it, and nothing else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from harness.worker import sources
from harness.worker.listing import list_benchmarks

Digests = Callable[[str], dict[str, str]]

SCENARIO = """\
from harness.scenario import scenario
{imports}

@scenario()
async def mine(): ...
"""

NAMES = ("mine", "helper", "deeper", "parts", "parts.core", "parts.late", "loner")


@pytest.fixture
def digests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Digests]:
    """Lists mine.py, with these lines in it, and returns its digests; files beside it are there already."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "helper.py").write_text("import deeper\nnumber = 1\n")
    (tmp_path / "deeper.py").write_text("import json, anyio\nimport helper\n")
    (tmp_path / "loner.py").write_text("")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "__init__.py").write_text("")
    (tmp_path / "parts" / "core.py").write_text("def work():\n    from . import late\n    return late\n")
    (tmp_path / "parts" / "late.py").write_text("")

    def list_it(imports: str) -> dict[str, str]:
        (tmp_path / "mine.py").write_text(SCENARIO.format(imports=imports))
        for name in NAMES:
            sys.modules.pop(name, None)
        for cached in (
            sources.digest_of_file,
            sources.imported_files,
            sources.named_files,
            sources.syntax_of,
        ):
            cached.cache_clear()
        [benchmark] = list_benchmarks(str(tmp_path / "mine.py"), "mine")
        assert benchmark.digests is not None
        return dict(benchmark.digests)

    yield list_it
    for name in NAMES:
        with suppress(KeyError):
            del sys.modules[name]


@pytest.mark.parametrize(
    ("imports", "files"),
    [
        ("", {"mine.py"}),
        ("import json", {"mine.py"}),
        ("import helper", {"mine.py", "helper.py", "deeper.py"}),
        ("from helper import number as one", {"mine.py", "helper.py", "deeper.py"}),
        ("def later():\n    import helper", {"mine.py", "helper.py", "deeper.py"}),
        ("from parts.core import work", {"mine.py", "parts/__init__.py", "parts/core.py", "parts/late.py"}),
        ("from parts import late", {"mine.py", "parts/__init__.py", "parts/late.py"}),
    ],
)
def test_a_scenarios_files_are_its_own_and_those_beside_it_that_it_imports(
    digests: Digests, imports: str, files: set[str]
) -> None:
    assert set(digests(imports)) == files


def test_a_change_of_a_helper_changes_its_digest_alone(digests: Digests, tmp_path: Path) -> None:
    before = digests("import helper")
    (tmp_path / "helper.py").write_text("import deeper\nnumber = 2\n")
    after = digests("import helper")
    assert {name for name in before if before[name] != after[name]} == {"helper.py"}


@pytest.mark.parametrize("name", ["steps.txt", "tables/steps.txt"])
def test_a_data_file_that_a_scenario_names_is_one_of_its_files(
    digests: Digests, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("5")
    imports = f"from pathlib import Path\nSTEPS = int(Path(__file__).parent.joinpath({name!r}).read_text())"
    before = digests(imports)
    file.write_text("6")
    after = digests(imports)
    assert set(before) == {"mine.py", name}
    assert {name for name in before if before[name] != after[name]} == {name}


@pytest.mark.parametrize(
    "name", ["/etc/hostname", "../outside.txt", "tables", "x" * 5000, "nul\0", "absent.txt"]
)
def test_a_text_that_names_no_file_beside_a_scenario_is_none_of_its_files(
    digests: Digests, tmp_path: Path, name: str
) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path.parent / "outside.txt").touch()
    assert set(digests(f"NAME = {name!r}")) == {"mine.py"}


def test_a_module_of_ours_consists_of_what_it_imports_from_its_own_package() -> None:
    benchmark, *_ = list_benchmarks("scenarios.tutorial.order", "tutorial")
    assert benchmark.digests is not None
    files = dict(benchmark.digests)
    assert {"scenarios/__init__.py", "scenarios/tutorial/order.py"} <= set(files)
    assert all(name.startswith("scenarios/") for name in files)
