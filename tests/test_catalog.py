"""Which benchmarks a user's words choose."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.protocol.benchmarks import Benchmark
from harness.protocol.descriptions import Parameter
from harness.runner import catalog
from harness.runner.catalog import choose_benchmarks, description_of, search_benchmarks
from harness.runner.known_scenarios import KnownScenarios
from harness.runner.scenario_files import scenario_files


def row(
    scenario: str, family: str = "tutorial", tags: tuple[str, ...] = (), **parameters: Parameter
) -> Benchmark:
    return Benchmark(
        scenario, family, f"{family}.{scenario}", "", f"{family}.py:1", tuple(parameters.items()), tags=tags
    )


OWN = (
    row("say_after", tags=("sleeps",)),
    row("order", n=10),
    row("order", n=100),
    row("echo", "network", tags=("sockets",), size=64),
    row("echo_many", "network", tags=("sockets", "slow"), size=64),
    row("can_listen", "abilities", tags=("capability",)),
)
LARGE = row("order", tags=("scale",), n=1_000_000)


@pytest.fixture(autouse=True)
def _rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fakes for what a worker would list: our own benchmarks, and one benchmark per line of a user's file."""

    def listed(modules: Iterable[tuple[str, str]], _: object = None) -> tuple[Benchmark, ...]:
        return tuple(
            Benchmark(name, family, path, "", f"{path}:{line}")
            for path, family in modules
            for line, name in enumerate(Path(path).read_text().split(), 1)
        )

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(catalog, "known_scenarios", lambda: KnownScenarios(OWN))
    monkeypatch.setattr(catalog, "list_benchmarks", listed)


def ids(*words: str) -> list[str]:
    return [row.id for row in choose_benchmarks(words)]


def test_no_words_choose_everything_of_ours_but_what_is_set_aside() -> None:
    assert choose_benchmarks(()) == OWN[:-1]


def test_what_is_set_aside_is_chosen_by_a_word() -> None:
    assert ids("capability") == ids("abilities") == ids("can_*") == ["can_listen"]


@pytest.mark.parametrize(
    ("word", "chosen"),
    [
        ("say_after", ["say_after"]),
        ("order", ["order:n=10", "order:n=100"]),
        ("order:n=100", ["order:n=100"]),
        ("order:n=1*", ["order:n=10", "order:n=100"]),
        ("echo*", ["echo:size=64", "echo_many:size=64"]),
        ("*:size=64", ["echo:size=64", "echo_many:size=64"]),
        ("*", [row.id for row in OWN]),
        ("slow", ["echo_many:size=64"]),
        ("sockets", ["echo:size=64", "echo_many:size=64"]),
        ("network", ["echo:size=64", "echo_many:size=64"]),
        ("tutorial", ["say_after", "order:n=10", "order:n=100"]),
    ],
)
def test_a_word_is_a_name_a_benchmarks_id_a_glob_a_tag_or_a_family(word: str, chosen: list[str]) -> None:
    assert ids(word) == chosen


@pytest.fixture
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "known_scenarios", lambda: KnownScenarios((*OWN, LARGE)))


@pytest.mark.usefixtures("_large")
@pytest.mark.parametrize("words", [(), ("order",), ("order:n=1*",), ("tutorial", "echo")])
def test_what_takes_gigabytes_is_left_out_unless_asked_for(words: tuple[str, ...]) -> None:
    assert LARGE not in choose_benchmarks(words)
    assert {row.id for row in choose_benchmarks(words, scale=True)} - set(ids(*words)) == {LARGE.id}


@pytest.mark.usefixtures("_large")
@pytest.mark.parametrize("word", [LARGE.id, "scale"])
def test_what_takes_gigabytes_is_chosen_by_its_own_id_or_its_tag(word: str) -> None:
    assert ids(word) == [LARGE.id]


@pytest.mark.usefixtures("_large")
def test_a_word_that_chooses_only_what_is_left_out_is_told_how_to_have_it() -> None:
    with pytest.raises(BadInput, match=r"^order:n=1000000 takes .*: name it in full, or add --scale$"):
        choose_benchmarks(["*:n=1000000"])


def test_several_words_choose_each_benchmark_once_and_in_our_order() -> None:
    assert ids("network", "echo", "say_after") == ["say_after", "echo:size=64", "echo_many:size=64"]


@pytest.mark.parametrize(
    ("typed", "meant"), [("say_atfer", "say_after"), ("netwrok", "network"), ("oder:n=100", "order:n=100")]
)
def test_a_near_miss_is_told_what_was_meant(typed: str, meant: str) -> None:
    with pytest.raises(BadInput, match=rf"is called '{typed}': did you mean {meant}\? `loopcmp list`"):
        choose_benchmarks(["order", typed])


@pytest.mark.parametrize("typed", ["order:n=7", "order:m=10", "order:7"])
def test_a_value_that_is_not_swept_is_answered_with_those_that_are(typed: str) -> None:
    with pytest.raises(BadInput) as caught:
        choose_benchmarks([typed])
    assert str(caught.value) == f"no benchmark is called {typed!r}: in order, n is 10 or 100"


@pytest.mark.parametrize("typed", ["zzz", "ORDER", "zzz*"])
def test_a_word_far_from_everything_is_told_where_all_are_listed(typed: str) -> None:
    with pytest.raises(BadInput) as caught:
        choose_benchmarks([typed])
    assert str(caught.value) == (
        f"no scenario, tag or family is called {typed!r}: `loopcmp list` shows them all"
    )


def test_a_path_chooses_all_that_is_in_it_and_nothing_of_ours(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("one two")
    one, two = choose_benchmarks(["mine.py"])
    assert (one.id, two.id, one.family) == ("one", "two", "mine")


def test_a_file_that_is_typed_in_two_ways_is_chosen_once(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("one")
    (tmp_path / "other.py").write_text("two")
    assert ids("mine.py", "other.py", "./mine.py") == ["one", "two"]


@pytest.fixture
def _scenario_files(tmp_path: Path) -> None:
    """A folder with three scenario files, of which one lies deeper, and with files that are none."""
    for name, scenario in (("a.py", "one"), ("b.py", "two"), ("deep/c.py", "three")):
        file = tmp_path / "bench" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"import harness.scenario\n{scenario}")
    for name in ("helper.py", "notes.txt", ".hidden/d.py", "__pycache__/e.py", "venv/f.py"):
        file = tmp_path / "bench" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("from json import dumps" if name == "helper.py" else "import harness.scenario")
    (tmp_path / "bench" / "venv" / "pyvenv.cfg").write_text("")


@pytest.mark.usefixtures("_scenario_files")
@pytest.mark.parametrize(
    ("word", "modules"),
    [
        ("bench/", ["bench/a.py", "bench/b.py", "bench/deep/c.py"]),
        ("./bench", ["bench/a.py", "bench/b.py", "bench/deep/c.py"]),
        (".", ["bench/a.py", "bench/b.py", "bench/deep/c.py"]),
        ("bench/*.py", ["bench/a.py", "bench/b.py"]),
        ("bench/**/c.py", ["bench/deep/c.py"]),
        ("bench/[a]*", ["bench/a.py"]),
    ],
)
def test_a_folder_or_a_glob_chooses_the_files_in_it_that_import_what_scenarios_need(
    word: str, modules: list[str]
) -> None:
    assert list(scenario_files([word])) == modules


@pytest.mark.usefixtures("_scenario_files")
@pytest.mark.parametrize("word", ["bench/.hidden/x*.py", "bench/*.txt", "bench/__pycache__/*.pyc"])
def test_a_glob_that_means_no_scenario_file_is_told_what_one_is(word: str) -> None:
    with pytest.raises(BadInput, match=r"has no scenario file: one imports harness\.scenario"):
        scenario_files([word])


@pytest.mark.usefixtures("_scenario_files")
def test_a_folder_that_is_typed_like_a_name_is_told_how_to_be_typed() -> None:
    with pytest.raises(BadInput, match=r"to take the files in that folder, write bench/$"):
        choose_benchmarks(["bench"])


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        (["order:n=10"], ["say_after", "order:n=100", "echo:size=64", "echo_many:size=64"]),
        (["sockets", "say*"], ["order:n=10", "order:n=100"]),
        (["tutorial"], ["echo:size=64", "echo_many:size=64"]),
    ],
)
def test_what_an_excluded_word_would_choose_is_left_out(exclude: list[str], left: list[str]) -> None:
    assert [benchmark.id for benchmark in choose_benchmarks((), exclude=exclude)] == left


def test_a_file_of_those_chosen_may_be_excluded(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(name)
    assert [b.id for b in choose_benchmarks(["one.py", "two.py"], exclude=["./one.py"])] == ["two"]


@pytest.mark.parametrize(
    ("exclude", "answer"),
    [(["ordre"], "--exclude 'ordre' leaves nothing out: .*mean order"), (["*"], "leaves everything out")],
)
def test_an_exclusion_that_cannot_be_meant_is_refused(exclude: list[str], answer: str) -> None:
    with pytest.raises(BadInput, match=answer):
        choose_benchmarks((), exclude=exclude)


def test_a_search_finds_what_a_word_chooses_or_else_what_speaks_of_it() -> None:
    assert [benchmark.id for benchmark in search_benchmarks(["say_after"])] == ["say_after"]
    assert [benchmark.id for benchmark in search_benchmarks(["LIST"])] == ["can_listen"]
    with pytest.raises(BadInput, match="no scenario"):
        search_benchmarks(["nowhere"])


def test_a_search_reads_docstrings_needs_and_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    text = '@scenario()\nasync def quiet() -> None:\n    """One line.\n\n    It isolates silence.\n    """\n'
    quiet = replace(row("quiet"), text=text, needs=("starlette",), reported=("uvloop#561",))
    monkeypatch.setattr(catalog, "known_scenarios", lambda: KnownScenarios((*OWN, quiet)))
    for word in ("Isolates Silence", "starlette", "#561"):
        assert search_benchmarks([word]) == (quiet,)
    assert description_of(quiet) == "One line.\n\nIt isolates silence."


def test_a_path_and_a_name_choose_both(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("one")
    assert ids("mine.py", "say_after") == ["say_after", "one"]


def test_a_path_that_is_not_there_is_named_as_it_was_typed() -> None:
    with pytest.raises(BadInput, match=r"^there is no scenario file some/mine\.py$"):
        choose_benchmarks(["some/mine.py"])


def test_a_file_that_is_no_python_is_told_how_to_be_called(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("one")
    with pytest.raises(BadInput, match=r"^\./mine\.txt is no Python file: its name must end in \.py$"):
        choose_benchmarks(["./mine.txt"])


def test_a_users_scenario_may_be_called_like_one_of_ours_that_was_not_chosen(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("say_after")
    [chosen] = choose_benchmarks(["mine.py"])
    assert chosen.module == "mine.py"


def test_two_scenarios_of_one_name_are_told_which_to_rename(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("one say_after")
    with pytest.raises(BadInput, match=r"two scenarios are called say_after: rename the one in mine\.py:2$"):
        choose_benchmarks(["mine.py", "tutorial"])


def test_two_files_of_the_users_may_not_clash_either(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("one")
    (tmp_path / "theirs.py").write_text("one")
    with pytest.raises(BadInput, match=r"two scenarios are called one: rename the one in theirs\.py:1$"):
        choose_benchmarks(["mine.py", "theirs.py"])


@pytest.mark.workers
def test_our_known_rows_have_a_name_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    rows = choose_benchmarks(())
    assert len({row.id for row in rows}) == len(rows) > 0
    assert {row.family for row in rows} >= {"tutorial"}
