"""What is kept of a slow text: it is made once, and whatever happens to its file, it is right."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.report.charts.cache import cached_text

TEXT = "line\r\nline\u2028é\n"


def counted() -> tuple[Callable[[], str], list[str]]:
    """Makes the text, and a list that grows by one whenever it does."""
    made: list[str] = []

    def make() -> str:
        made.append(TEXT)
        return TEXT

    return make, made


def test_a_text_is_made_once_and_comes_back_as_it_was(tmp_path: Path) -> None:
    make, made = counted()
    file = tmp_path / "new" / "text"
    assert [cached_text(file, make), cached_text(file, make)] == [TEXT, TEXT]
    assert len(made) == 1
    assert [one.name for one in file.parent.iterdir()] == ["text"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[:-1],
        lambda whole: whole.replace(b"line", b"lime"),
        lambda _: b"",
        lambda _: b"\xff\n\xff",
    ],
    ids=["cut off", "changed", "empty", "no text"],
)
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    make, made = counted()
    file = tmp_path / "text"
    cached_text(file, make)
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert cached_text(file, make) == TEXT
    assert len(made) == 2
    assert file.read_bytes() == whole


def test_where_nothing_can_be_kept_the_text_is_made_every_time(tmp_path: Path) -> None:
    make, made = counted()
    (tmp_path / "file").write_text("no folder")
    file = tmp_path / "file" / "text"
    assert [cached_text(file, make), cached_text(file, make)] == [TEXT, TEXT]
    assert len(made) == 2
