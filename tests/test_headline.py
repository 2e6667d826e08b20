"""The first sentence of an answer: where a loop takes less time and where more, and how sure that is."""

from harness.report.answer.headline import headline
from tests.compared import of_shares
from tests.records import fake_benchmark, returned


def sentence(*shares: float) -> str:
    """The headline of a record in which uvloop takes these shares of asyncio's time, a benchmark each."""
    benchmarks = {fake_benchmark(f"b{number}", returned(1)): share for number, share in enumerate(shares)}
    [only] = headline(of_shares(benchmarks, spread=0.0001))
    return only


def test_what_is_surest_is_named_above_all_where_there_are_several() -> None:
    assert sentence(0.5, 0.9, 1.3).startswith(
        "uvloop takes less time than asyncio in 2 of 3 benchmarks, above all b0 ("
    )
    assert ", b2 (at least " in sentence(0.5, 0.9, 1.3)


def test_of_one_benchmark_its_name_stands_in_the_place_of_a_count() -> None:
    assert sentence(0.7) == "uvloop takes less time than asyncio in b0 (at least 30% less)"
    assert sentence(1.0) == "uvloop: no clear difference from asyncio in b0"
