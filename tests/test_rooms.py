"""The rooms of `harness/`: every arrow between them leads down, and there are few of both."""

import re
from functools import cache
from pathlib import Path

from docs.rooms import Arrow, circle, floors, not_downward, picture
from docs.rooms import arrows as draw_arrows

ROOT = Path(__file__).parent.parent
MOST_ARROWS = 51
MOST_NAMES = 15


@cache
def arrows() -> tuple[Arrow, ...]:
    """The arrows of this tree, drawn once for all tests."""
    return draw_arrows()


def test_no_arrow_leads_upward_or_to_the_same_floor() -> None:
    assert not_downward(arrows()) == []


def test_an_arrow_that_leads_upward_or_to_the_same_floor_is_seen() -> None:
    upward, level = Arrow("records", "cli", 1), Arrow("report", "runner", 1)
    assert not_downward([upward, Arrow("cli", "records", 1), level]) == [upward, level]


def test_no_rooms_import_one_another_in_a_circle() -> None:
    assert circle(arrows()) == []


def test_a_circle_of_three_rooms_is_seen() -> None:
    around = circle([Arrow("cli", "report", 1), Arrow("report", "records", 1), Arrow("records", "cli", 1)])
    assert sorted(around[1:]) == ["cli", "records", "report"]


def test_there_are_few_arrows_and_every_room_has_one() -> None:
    drawn = arrows()
    assert {end for arrow in drawn for end in (arrow.importer, arrow.imported)} == {
        room for floor in floors() for room in floor
    }
    assert len(drawn) <= MOST_ARROWS


def test_the_picture_has_a_line_for_every_room() -> None:
    assert re.match(r"cli +→ cluster \d+, report \d+, ", picture(arrows()))
    assert len(picture(arrows()).splitlines()) == sum(map(len, floors()))


def test_a_list_of_the_harness_is_its_rooms_and_few_names() -> None:
    names = {path.stem for path in (ROOT / "harness").iterdir() if path.name != "__pycache__"}
    assert names == {"__init__", "py", "scenario"} | {room for floor in floors() for room in floor} - {
        "scenarios"
    }
    assert len(names) <= MOST_NAMES
