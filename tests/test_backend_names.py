"""The names under which people see backends."""

import pytest

from harness.backends.backend import Backend
from harness.backends.registry import find_backend, known_backends, short_name
from harness.report.backend_names import shown_names


def test_a_loop_that_appears_with_its_default_gatherer_only_is_shown_by_its_own_name() -> None:
    names = shown_names(("asyncio+gather", "trio+nursery", "uvloop+gather"))
    assert list(names.values()) == ["asyncio", "trio", "uvloop"]


def test_a_loop_with_two_gatherers_is_shown_with_both() -> None:
    names = shown_names(("asyncio+gather", "asyncio+taskgroup", "uvloop+gather"))
    assert list(names.values()) == ["asyncio+gather", "asyncio+taskgroup", "uvloop"]


def test_a_loop_with_another_gatherer_than_its_default_is_shown_with_it() -> None:
    assert shown_names(("uvloop+taskgroup",))["uvloop+taskgroup"] == "uvloop+taskgroup"


def test_an_environment_stays_in_the_name() -> None:
    names = shown_names(("uvloop+gather", "uvloop+gather@py312"))
    assert list(names.values()) == ["uvloop", "uvloop@py312"]


def test_what_is_no_backend_of_the_record_stands_for_itself() -> None:
    assert shown_names(("uvloop+gather",))["uvloop+native"] == "uvloop+native"


@pytest.mark.parametrize("backend", known_backends(), ids=lambda backend: backend.name)
def test_a_short_name_finds_the_backend_that_it_is_for(backend: Backend) -> None:
    assert find_backend(short_name(backend.name)) == backend
