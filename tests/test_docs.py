"""What the README and the documentation say of the program is so: commands, examples, links, names."""

import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from docs import reference_pages
from harness.report import Format
from harness.runner.catalog import choose_benchmarks
from scenarios import FAMILIES
from tests.command_line import LOOPCMP, options, parse, program
from tests.documents import CHANGELOG, DOCUMENTS, README, ROOT, Document

PROGRAMS = {"dask", "loopcmp", "make", "uv", "uvx", "python", ".venv/bin/python", ".ci/run"}
"""All that a shell block of ours may start."""

GONE = re.compile(
    r"\bA/A\b|\bstor(?:y|ies)\b|\btally\b|\bsightings?\b|\bcomplain\w*|differs as documented|told apart"
)
"""Words that have been replaced: see docs/index.md for those that stand."""


def command_lines() -> list[Any]:
    """Every command of ours in a shell block, as it is typed after `loopcmp`."""
    found = {
        (document.name, tuple(words[words.index("loopcmp") + 1 :]))
        for document in DOCUMENTS
        for words in map(_words, document.shell_lines())
        if "loopcmp" in words
    }
    return [pytest.param(list(words), id=f"{name}: {shlex.join(words)}") for name, words in sorted(found)]


def _words(line: str) -> list[str]:
    return shlex.split(line, comments=True)


@pytest.mark.parametrize("words", command_lines())
def test_every_command_of_a_shell_block_is_one_that_the_program_takes(words: list[str]) -> None:
    if words == ["--help"]:
        assert "--help" in options(program())
        return
    parameters = parse(words)
    assert parameters.get("form", "terminal") in list(Format)


@pytest.mark.parametrize("name", program().commands)
def test_every_example_of_a_commands_help_is_one_that_the_program_takes(name: str) -> None:
    lines = [line.split() for line in program().commands[name].epilog.splitlines() if "loopcmp" in line]
    assert lines
    for line in lines:
        words = shlex.split(" ".join(line))
        assert words[:2] == ["loopcmp", name]
        parse(words[1:])


@pytest.mark.parametrize("wrong", ["run --quick", "runs tutorial", "run --env", "list --en", "compare"])
def test_a_command_that_the_program_does_not_take_is_found(wrong: str) -> None:
    with pytest.raises(Exception, match=r"No such option|requires an argument|Missing|runs"):
        parse(wrong.split())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_shell_block_starts_programs_that_are_known(document: Document) -> None:
    for line in document.shell_lines():
        words = [word for word in _words(line) if not re.match(r"[A-Z_]+=", word)]
        assert words[0] in PROGRAMS, line
        if words[0] == "make":
            targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
            assert set(words[1:]) <= set(targets)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_command_and_option_in_a_sentence_exists(document: Document) -> None:
    commands = program().commands
    every_option = set().union(*map(options, commands.values()))
    for code in document.inline_code:
        words = code.split()
        if words[0] == "loopcmp" and len(words) > 1 and words[1].islower():
            assert words[1] in commands, code
            named = {word for word in words[2:] if word.startswith("-")}
            assert named <= options(commands[words[1]]), code
        elif words[0].startswith("--"):
            assert words[0] in every_option, code


def test_the_table_of_the_readme_has_every_command() -> None:
    named = re.findall(r"^\| `loopcmp (\w+)", README.text, re.MULTILINE)
    assert sorted(set(named)) == sorted(program().commands)


def test_the_guide_lists_every_family_that_is_timed() -> None:
    [guide] = (document for document in DOCUMENTS if document.name == "docs/getting-started.md")
    listed = re.findall(r"^\| `(\w+)` \|", guide.text, re.MULTILINE)
    assert [*listed, "capabilities"] == [*FAMILIES]


@pytest.mark.workers
def test_every_scenario_that_a_command_names_is_there() -> None:
    runs = [case.values[0] for case in command_lines() if case.values[0][0] in {"run", "check"}]
    of_scenarios = [line for line in runs if not {"--cpython-tests", "--app"} & set(line)]
    words = {word for line in of_scenarios for word in parse(line)["scenarios"] or ()}
    named = sorted(word for word in words if not word.endswith(".py") and word != "my_scenario")
    assert named
    for word in named:
        assert choose_benchmarks([word], scale=True)


def examples() -> list[str]:
    """Every Python block, once."""
    return list(dict.fromkeys(block for document in DOCUMENTS for block in document.blocks("python")))


@pytest.fixture
def modules(tmp_path: Path) -> list[Path]:
    """Every Python block as a file of its own."""
    files = [tmp_path / f"example_{number}.py" for number in range(len(examples()))]
    for file, block in zip(files, examples(), strict=True):
        file.write_text(block, encoding="utf-8")
    return files


@pytest.mark.workers
def test_every_example_does_on_every_loop_what_it_says(modules: list[Path]) -> None:
    assert len(modules) > 5
    ran = subprocess.run(
        [LOOPCMP, "check", *modules, "--no-progress"],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for name in re.findall(r"^@scenario.*?^async def (\w+)", "\n".join(examples()), re.MULTILINE | re.DOTALL):
        assert re.search(rf"^ {name}\b", ran.stdout, re.MULTILINE), name


@pytest.mark.long
def test_every_example_passes_strict_type_checking(modules: list[Path]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *modules],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("document", [*DOCUMENTS, CHANGELOG], ids=lambda document: document.name)
def test_every_link_leads_to_a_file_and_to_a_heading_of_it(document: Document) -> None:
    for link in document.links:
        path, _, anchor = link.partition("#")
        target = (document.path.parent / path).resolve() if path else document.path
        assert target.exists(), link
        if anchor:
            assert anchor in Document(target).anchors, link


def test_the_documents_link_to_one_another() -> None:
    assert sum(len(document.links) for document in DOCUMENTS) > 20


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_record_and_test_that_is_named_is_there(document: Document) -> None:
    pattern = r"\b(?:results/\d{4}-[\w-]+(?:/\S+\.json(?:\.gz)?)?|tests/\w+(?:/\w+)*\.py)"
    named = re.findall(pattern, document.text)
    assert [name for name in named if not (ROOT / name).exists()] == []


ROOMS = ["analysis", "backends", "cli", "execution", "protocol", "records", "report", "runner", "worker"]


def test_every_file_that_the_design_names_is_there() -> None:
    [design] = (document for document in DOCUMENTS if document.name == "docs/design.md")
    paths = [code for code in design.inline_code if re.fullmatch(rf"({'|'.join(ROOMS)})/[\w/]*(\.py)?", code)]
    named = [path for path in paths if Path(path).stem != "x"]
    assert {path.partition("/")[0] for path in named} == set(ROOMS)
    assert [path for path in named if not (ROOT / "harness" / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_the_documents_keep_to_the_words_of_the_project(document: Document) -> None:
    prose = re.sub(r"`[^`]*`", "", document.prose)
    assert GONE.findall(prose) == []


def test_every_page_is_in_the_contents() -> None:
    index = Document(ROOT / "docs/index.md")
    listed = {line for block in index.blocks("{toctree}") for line in block.splitlines() if line}
    pages = {
        document.path.relative_to(ROOT / "docs").with_suffix("").as_posix()
        for document in DOCUMENTS
        if document.name.startswith("docs/")
    }
    assert pages - {"index"} == {line for line in listed if not line.startswith(":")}


def test_the_command_page_has_every_command_with_every_option() -> None:
    page = reference_pages.commands_page()
    for name, command in program().commands.items():
        section = re.search(rf"^## loopcmp {name}$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
        assert section, name
        for spelling in options(command):
            if spelling.startswith("-"):
                assert re.search(rf"^`[^`]*(?<![\w-]){spelling}(?![\w-])", section[1], re.MULTILINE), spelling


def test_the_format_page_describes_every_part_that_it_links_to() -> None:
    page = reference_pages.formats_page()
    linked = set(re.findall(r"\]\(#(\w+)\)", page))
    described = {name.lower() for name in re.findall(r"^### (\w+)$", page, re.MULTILINE)}
    assert linked
    assert linked <= described


def test_what_the_program_says_of_itself_is_shown_as_it_is() -> None:
    page = reference_pages.commands_page()
    assert "\\[tool.loopcmp.environments\\]" in page


@pytest.mark.long
def test_the_documentation_builds_without_a_warning_and_asks_no_other_server(tmp_path: Path) -> None:
    for name in ("sphinx", "myst_parser", "furo"):
        if find_spec(name) is None:
            pytest.skip(f"{name} is not installed: make docs installs it")
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-E",
         "-d", tmp_path / "doctrees", ROOT / "docs", tmp_path / "html"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    pages = [page.read_text(encoding="utf-8") for page in (tmp_path / "html").rglob("*.html")]
    assert len(pages) >= len(DOCUMENTS) - 2
    asked = re.compile(r"""(?:src|srcset)="(?:https?:)?//[^"]*"|<link [^>]*href="(?:https?:)?//[^"]*""")
    assert [request for page in pages for request in asked.findall(page)] == []
    styles = [style.read_text(encoding="utf-8") for style in (tmp_path / "html").rglob("*.css")]
    assert [style for style in styles if re.search(r"url\([\"']?(?:https?:)?//", style)] == []
