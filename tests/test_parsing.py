"""Options that are not plain numbers or names: what is typed, and what is refused in a sentence."""

import pytest

from harness.cli.parsing import passes
from harness.errors import BadInput


def test_passes_are_named_once_each_in_whatever_order() -> None:
    assert passes(["collections", "latency", "collections"]) == ("latency", "collections")
    assert passes([]) == ()


def test_what_is_no_pass_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadInput, match="--also 'threads' is no pass: write latency or collections"):
        passes(["threads"])
