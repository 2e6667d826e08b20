"""What docs/reliability.md says was tried is what the tests try; each test that it names is there."""

import re
from functools import cache

import pytest

from tests.documents import ROOT
from tests.fault_table import KINDS, collected, table, total

TEXT = (ROOT / "docs" / "reliability.md").read_text()


@cache
def ids() -> list[str]:
    return collected()


def test_the_table_of_faults_is_counted_from_the_tests() -> None:
    expected = table(ids())
    assert expected in TEXT, f"write it anew with python -m tests.fault_table:\n{expected}"


def test_every_kind_of_fault_is_committed_and_at_least_two_hundred_are() -> None:
    assert [kind.words for kind in KINDS if not kind.count(ids())] == []
    assert total(ids()) >= 200


NAMED = sorted(set(re.findall(r"`(test_\w+)\.py`, `(test_\w+)`", TEXT)))


def test_the_trust_model_names_tests() -> None:
    assert len(NAMED) >= 14


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_each_test_that_the_trust_model_names_is_there(file: str, test: str) -> None:
    assert re.search(rf"^def {test}\(", (ROOT / "tests" / f"{file}.py").read_text(), re.MULTILINE)
