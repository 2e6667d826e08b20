"""Scenario modules → benchmarks: the product of the parameters, promises, and refusals that say where."""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from harness.protocol.benchmarks import Benchmark, Prints, Promise
from harness.protocol.descriptions import Description, Outcome
from harness.protocol.observations import Diagnostic
from harness.worker.describing import Describer
from harness.worker.listing import LONGEST_TEXT, list_benchmarks
from harness.worker.refusals import Malformed, ModuleBroken

describe = Describer().describe

Lister = Callable[[str], tuple[Benchmark, ...]]

HEAD = "from harness.scenario import *\nfrom harness.scenario import differs, claim\n"
"""Two lines, so that what a test writes begins on line 3."""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where a user's module is written; what importing it changes in this process is undone."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path / "mine.py"
    for name in ("mine", "theirs"):
        with suppress(KeyError):
            del sys.modules[name]


@pytest.fixture
def rows(mine: Path) -> Lister:
    """Lists a module of this text under the family `user`."""

    def list_them(text: str) -> tuple[Benchmark, ...]:
        mine.write_text(HEAD + dedent(text))
        return tuple(list_benchmarks(str(mine), "user"))

    return list_them


def refusal(rows: Lister, text: str) -> str:
    with pytest.raises(Malformed) as caught:
        rows(text)
    return str(caught.value)


def broken(rows: Lister, text: str) -> ModuleBroken:
    with pytest.raises(ModuleBroken) as caught:
        rows(text)
    return caught.value


def test_benchmarks_are_the_product_of_the_parameters_in_the_order_written(rows: Lister) -> None:
    found = rows("""
        @scenario(params={"n": [10, 1], "kind": ["b", "a"]})
        async def sweep(kind, n): ...
    """)
    assert [row.id for row in found] == [
        "sweep:n=10:kind=b",
        "sweep:n=10:kind=a",
        "sweep:n=1:kind=b",
        "sweep:n=1:kind=a",
    ]
    assert found[0].parameters == (("n", 10), ("kind", "b"))


def test_scenarios_come_in_the_order_of_their_definition(rows: Lister) -> None:
    found = rows("""
        @scenario()
        async def second(): ...

        @scenario()
        async def first(): ...
    """)
    assert [row.id for row in found] == ["second", "first"]


def test_a_benchmark_says_what_its_scenario_says(rows: Lister, mine: Path) -> None:
    [row] = rows('''
        @scenario(timed=False, cpus=2, tags=["slow"], needs=["lib.part"], ideal=0.5)
        async def probe(gather):
            """The first line.

            Not the others.
            """
    ''')
    _, at, text = mine.read_text().partition("@scenario")
    assert row.text == at + text.rstrip(" ")
    assert replace(row, text="", digests=None) == Benchmark(
        scenario="probe",
        family="user",
        module=str(mine),
        summary="The first line.",
        source=f"{'/'.join(mine.parts[-3:])}:4",
        uses_gather=True,
        timed=False,
        cpus=2,
        tags=("slow",),
        needs=("lib.part",),
        ideal=0.5,
    )


def test_the_text_of_a_scenario_is_cut_where_it_is_longer_than_a_record_keeps(rows: Lister) -> None:
    many = "\n".join(["    # a line of some length"] * 1000)
    [row] = rows(f"@scenario()\nasync def probe():\n    pass\n{many}\n    return 1\n")
    assert len(row.text) < LONGEST_TEXT + 40
    assert row.text.endswith(" characters)\n")


def test_only_what_a_scenario_sweeps_is_a_parameter_of_its_own(rows: Lister) -> None:
    [row] = rows("""
        @scenario(params={"n": [1]})
        async def probe(gather, new_loop, n): ...
    """)
    assert row.parameters == (("n", 1),)


def test_tags_may_depend_on_the_parameters(rows: Lister) -> None:
    few, many = rows("""
        @scenario(params={"n": [1, 1000]}, tags=lambda n: ["scale"] if n > 10 else [])
        async def probe(n): ...
    """)
    assert (few.tags, many.tags) == ((), ("scale",))


def test_a_benchmark_says_whose_twin_it_is_and_where_it_runs(rows: Lister) -> None:
    [row] = rows("""
        @scenario(native="fan_out", only="asyncio")
        async def probe(): ...
    """)
    assert (row.native, row.only) == ("fan_out", "asyncio")


def test_only_a_scenario_that_names_gather_is_given_one(rows: Lister) -> None:
    without, with_it = rows("""
        @scenario()
        async def without(): ...

        @scenario(params={"n": [1]})
        async def with_it(n, gather): ...
    """)
    assert (without.uses_gather, with_it.uses_gather) == (False, True)


def test_a_scenario_with_a_set_up_is_listed_like_any_other(rows: Lister) -> None:
    [row] = rows("""
        from contextlib import asynccontextmanager

        @scenario(params={"size": [64]}, returns=lambda size: size)
        @asynccontextmanager
        async def echo(size):
            "One line."
            yield None
    """)
    assert (row.id, row.summary, row.set_up) == ("echo:size=64", "One line.", True)
    assert row.source.endswith("mine.py:6")


def test_scenarios_of_another_module_are_not_listed_again(rows: Lister, mine: Path) -> None:
    mine.with_name("theirs.py").write_text(HEAD + "@scenario()\nasync def probe(): ...\n")
    found = rows("""
        from theirs import probe as imported

        @scenario()
        async def own(): ...
    """)
    assert [row.id for row in found] == ["own"]


def test_every_promise_may_be_a_function_of_the_parameters_that_it_names(rows: Lister) -> None:
    _, row = rows("""
        @scenario(
            params={"n": [1, 2], "kind": ["a"]},
            returns=lambda n: list(range(n)),
            prints=lambda kind, n: [kind] * n,
            leaves=lambda: never_awaited(),
            ideal=lambda n: n / 2,
            differs=[differs(on="trio+*", returns=lambda n: -n, because="so", source="there")],
            claims=[claim("it fails", where="here", raises=lambda n: ValueError(n))],
        )
        async def probe(n, kind): ...
    """)
    assert row.promise == Promise(
        Outcome("returned", describe([0, 1])), Prints(("a", "a")), (Diagnostic("never-awaited"),)
    )
    assert row.ideal == 1.0
    assert row.differences[0].promise.outcome == Outcome("returned", describe(-2))
    assert row.claims[0].promise.outcome == Outcome("raised", describe(ValueError(2)))


def test_what_is_not_promised_stays_open(rows: Lister) -> None:
    [row] = rows("""
        @scenario(differs=[differs(on="trio+*", leaves=(), because="so", source="there", python=">=3.12")])
        async def probe(): ...
    """)
    assert row.promise == Promise(None, None, None)
    [difference] = row.differences
    assert difference.promise == Promise(None, None, ())
    assert (difference.on, difference.python) == (("trio+*",), ">=3.12")


def test_a_promised_error_goes_before_a_promised_value(rows: Lister) -> None:
    [row] = rows("""
        @scenario(returns=None, raises=cancelled)
        async def probe(): ...
    """)
    assert row.promise.outcome == Outcome("raised", Description("Cancelled"))


@pytest.mark.parametrize(
    ("prints", "expected"),
    [
        ("[]", Prints(())),
        ('["a", "b"]', Prints(("a", "b"))),
        ('any_order(["b", "a"])', Prints(("b", "a"), any_order=True)),
        ('["<object at 0x7f00aa>"]', Prints(("<object at 0x…>",))),
        ('["", "a", ""]', Prints(("", "a", ""))),
    ],
)
def test_promised_lines_are_put_like_printed_ones(rows: Lister, prints: str, expected: Prints) -> None:
    [row] = rows(f"""
        @scenario(prints={prints})
        async def probe(): ...
    """)
    assert row.promise.prints == expected


@pytest.mark.parametrize(
    ("leaves", "expected"),
    [
        ("()", ()),
        ("destroyed_pending()", (Diagnostic("destroyed-pending"),)),
        (
            "[never_retrieved(ValueError(1)), never_awaited()]",
            (Diagnostic("never-awaited"), Diagnostic("never-retrieved", describe(ValueError(1)))),
        ),
        ("never_retrieved(cancelled)", (Diagnostic("never-retrieved", Description("Cancelled")),)),
    ],
)
def test_promised_leavings_are_one_or_many_in_any_order(
    rows: Lister, leaves: str, expected: tuple[Diagnostic, ...]
) -> None:
    [row] = rows(f"""
        @scenario(leaves={leaves})
        async def probe(): ...
    """)
    assert row.promise.diagnostics == expected


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (
            "@scenario()\ndef probe(): ...",
            "probe is neither a coroutine function nor an @asynccontextmanager",
        ),
        ("@scenario()\ndef probe():\n    yield", "probe is neither a coroutine function nor an"),
        ("@scenario()\nclass probe: ...", "probe is neither a coroutine function nor an"),
        ("@scenario()\nasync def probe(n): ...", "probe takes ['n'] but sweeps []: name the same parameters"),
        ("@scenario(params={'n': [1]})\nasync def probe(): ...", "probe takes [] but sweeps ['n']"),
        (
            "@scenario(params={'n': [1]})\nasync def probe(m, gather): ...",
            "probe takes ['m'] but sweeps ['n']",
        ),
    ],
)
def test_a_malformed_scenario_is_refused_with_its_file_and_line(
    rows: Lister, mine: Path, head: str, message: str
) -> None:
    said = refusal(rows, "\n" + head)
    assert said.startswith(f"{'/'.join(mine.parts[-3:])}:4: {message}")


@pytest.mark.parametrize(
    "promise",
    [
        "returns={1}",
        "returns=lambda: [{1}]",
        "raises=ValueError",
        "leaves=never_retrieved({1})",
        "differs=[differs(on='*', returns={1}, because='so', source='there')]",
        "claims=[claim('it is so', where='there', returns={1})]",
    ],
)
def test_a_promise_that_cannot_be_compared_is_refused_with_what_to_write(
    rows: Lister, mine: Path, promise: str
) -> None:
    said = refusal(rows, f"\n@scenario({promise})\nasync def probe(): ...")
    assert said.startswith(f"{'/'.join(mine.parts[-3:])}:4: a promise of probe: a ")
    assert ": return " in said


@pytest.mark.parametrize(
    "decorated",
    [
        "@scenario(params={'n': [1]}, returns=lambda m: m)\nasync def probe(n): ...",
        "@scenario(returns=lambda: 1 / 0)\nasync def probe(): ...",
        "@scenario(prints=[1])\nasync def probe(): ...",
        "@scenario(prints='hello')\nasync def probe(): ...",
        "@scenario(leaves=[ValueError()])\nasync def probe(): ...",
        "@scenario(ideal='fast')\nasync def probe(): ...",
        "@scenario(params={'n': 5})\nasync def probe(n): ...",
        "@scenario(params={'n': []})\nasync def probe(n): ...",
        "@scenario(params={'n': [None]})\nasync def probe(n): ...",
    ],
)
def test_a_promise_or_parameter_of_another_shape_is_refused_with_its_file_and_line(
    rows: Lister, mine: Path, decorated: str
) -> None:
    said = refusal(rows, "\n" + decorated)
    assert said.startswith(f"{'/'.join(mine.parts[-3:])}:4: ")


def test_a_module_without_a_scenario_is_told_what_to_write(rows: Lister) -> None:
    assert refusal(rows, "x = 1").endswith(
        "mine.py defines no scenario: decorate a coroutine function with @scenario"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def inner():\n    raise ValueError('Oops')\ninner()", "ValueError: Oops"),
        ("import no_such_package", "ModuleNotFoundError: No module named 'no_such_package'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("x = undefined", "NameError: name 'undefined' is not defined"),
    ],
)
def test_a_module_that_does_not_import_shows_only_its_own_frames(
    rows: Lister, mine: Path, text: str, message: str
) -> None:
    error = broken(rows, text)
    assert str(error) == message
    lines = error.frames.splitlines()
    frames = [line for line in lines if line.startswith("  File ")]
    assert (lines[0], lines[-1]) == ("Traceback (most recent call last):", message)
    assert [frame.split('"')[1] for frame in frames] == [str(mine)] * (2 if "inner" in text else 1)


def test_a_syntax_error_shows_its_line_and_no_frames(rows: Lister, mine: Path) -> None:
    error = broken(rows, "def probe(:")
    assert str(error).startswith("SyntaxError: ")
    assert f'File "{mine}", line 3' in error.frames
    assert "Traceback" not in error.frames


def test_a_module_beside_the_users_shows_its_frames_too(rows: Lister, mine: Path) -> None:
    mine.with_name("theirs.py").write_text("raise ValueError('Oops')")
    frames = broken(rows, "import theirs").frames
    assert frames.index("mine.py") < frames.index("theirs.py") < frames.index("ValueError: Oops")
    assert "importlib" not in frames
    assert "loading.py" not in frames


def test_a_module_that_does_not_exist_is_broken_and_not_a_crash() -> None:
    with pytest.raises(ModuleBroken, match="No module named 'no_such_module'"):
        list(list_benchmarks("no_such_module", "user"))


def test_two_values_that_would_give_benchmarks_one_name_are_refused(rows: Lister) -> None:
    with pytest.raises(Malformed, match="two benchmarks would have one name"):
        rows('@scenario(params={"n": [1, "1"]})\nasync def probe(n): ...\n')


@pytest.mark.parametrize("value", ["inf", "-inf", "nan"])
def test_a_value_that_is_no_finite_number_is_refused(rows: Lister, value: str) -> None:
    with pytest.raises(Malformed, match=rf"probe sweeps wait over \[0.1, {value}\]: .*finite numbers"):
        rows(f'@scenario(params={{"wait": [0.1, float("{value}")]}})\nasync def probe(wait): ...\n')


def test_one_tag_may_be_written_as_a_string(rows: Lister) -> None:
    (row,) = rows('@scenario(tags="quick")\nasync def probe(): ...\n')
    assert row.tags == ("quick",)
