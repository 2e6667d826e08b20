"""The generator: the same programs everywhere, most of them of several tasks, none without a wait."""

import hashlib
from collections import Counter
from itertools import pairwise

import pytest

from harness.fuzz.generator import Series
from harness.fuzz.kinds import Profile
from harness.fuzz.language import inner_blocks, size, task_count, walk
from harness.fuzz.random_numbers import RandomNumbers, mix
from harness.fuzz.statements import STATEMENTS, Gather, OnSocket, Statement
from harness.fuzz.text import write_program

COUNT = 300

DIGESTS = {
    "tasks": "a1dc361ea66834f9",
    "timers": "746607fa203e5323",
    "cancellation": "492765e3a82844f7",
    "sync": "32a309af398b5433",
    "channels": "85bd8133494b4f54",
    "gather": "ff91b29631f79a8a",
    "sockets": "a47549b4972552c2",
    "all": "bbf425eaa9a08002",
}
"""Of the first programs of every profile; they change when the generator does, and with nothing else."""


def digest(profile: Profile) -> str:
    series = Series(1, profile)
    text = "".join(write_program(series.program(number)) for number in range(COUNT))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_random_numbers_are_those_of_splitmix64() -> None:
    # The first outputs for the state 1234567, as the reference implementation in C gives them.
    assert mix(1234567 + 0x9E3779B97F4A7C15) == 6457827717110365317
    assert mix((1234567 + 2 * 0x9E3779B97F4A7C15) % 2**64) == 3203168211198807973


def test_numbers_below_a_limit_are_all_drawn_and_no_others() -> None:
    numbers = RandomNumbers(1, 2, 3)
    assert set(Counter(numbers.below(5) for _ in range(1000))) == set(range(5))


@pytest.mark.parametrize("profile", Profile)
def test_a_seed_means_the_same_programs_on_every_machine_and_python(profile: Profile) -> None:
    assert digest(profile) == DIGESTS[profile.value]


def test_a_program_does_not_depend_on_those_before_it() -> None:
    series = Series(7)
    assert series.program(5) == Series(7).program(5)
    assert series.program(5) != series.program(6)


@pytest.mark.parametrize("profile", Profile)
def test_most_programs_have_several_tasks(profile: Profile) -> None:
    series = Series(3, profile)
    several = sum(task_count(series.program(number)) > 1 for number in range(COUNT))
    assert several >= 0.8 * COUNT


@pytest.mark.parametrize("max_size", [2, 8, 30])
def test_no_program_is_larger_than_it_may_be(max_size: int) -> None:
    series = Series(3, max_size=max_size)
    sizes = [size(series.program(number)) for number in range(COUNT)]
    assert max(sizes) <= max_size


def test_the_profile_all_draws_every_statement() -> None:
    series = Series(1)
    kinds = {type(one) for number in range(2000) for one in walk(series.program(number).body)}
    assert kinds == set(STATEMENTS.values())


def test_almost_every_pair_of_statements_stands_one_after_the_other_within_some_thousand_programs() -> None:
    series = Series(1)
    pairs: set[tuple[type[Statement], type[Statement]]] = set()
    for number in range(4000):
        program = series.program(number)
        blocks = [program.body, *(block for one in walk(program.body) for block in inner_blocks(one))]
        pairs |= {(type(one), type(other)) for block in blocks for one, other in pairwise(block)}
    apart = (Gather, OnSocket)  # they stand in programs of their own profiles
    kinds = [kind for kind in STATEMENTS.values() if not issubclass(kind, apart)]
    missing = [(one, other) for one in kinds for other in kinds if (one, other) not in pairs]
    assert len(missing) <= 0.02 * len(kinds) ** 2
