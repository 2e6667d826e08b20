"""The answer: what a person sees first, in how much room, in which colors, and in which order."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from harness.records.estimate import Estimate, Judgement
from harness.records.record import Record
from harness.report.answer.of_record import MOST_ROWS, answer
from harness.report.answer.ordering import ordered
from harness.report.answer.values import Answer, AnswerCell, AnswerRow, Remark, SortOrder, Tone
from harness.report.answer.words import change_words, lateness_words
from harness.report.formats.answer import draw_answer
from tests.published import NAMES, published
from tests.records import everything, unmeasured

LESS = AnswerCell("36% less ±2", Estimate(0.64, 0.62, 0.66, 20), Judgement.LESS_TIME)
MORE = AnswerCell("70% more ±6", Estimate(1.7, 1.64, 1.76, 20), Judgement.MORE_TIME)
UNCLEAR = AnswerCell("no clear difference ±4", Estimate(1.01, 0.97, 1.05, 20), Judgement.NO_CLEAR_DIFFERENCE)


def drawn(content: Answer, width: int = 80, *, colored: bool = False) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width, color_system="256" if colored else None, force_terminal=colored)
    console.print(draw_answer(content, width))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def of_rows(*rows: AnswerRow, remarks: tuple[Remark, ...] = ()) -> Answer:
    heads = tuple(f"loop{number}" for number in range(len(rows[0].cells)))
    return Answer(("tutorial", "CPython 3.13.0"), "time against asyncio", "asyncio", heads, rows, "", remarks)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_answer_of_every_published_record_fits_the_screen(name: str, width: int) -> None:
    lines = drawn(answer(published(name)), width)
    assert max(map(len, lines)) <= width
    if width >= 80:
        assert len(lines) <= 22  # two lines more for where the report is


@pytest.mark.parametrize(
    ("ratio", "judgement", "words"),
    [
        (Estimate(0.64, 0.62, 0.66, 20), Judgement.LESS_TIME, "36% less ±2"),
        (Estimate(1.7, 1.64, 1.76, 20), Judgement.MORE_TIME, "70% more ±6"),
        (Estimate(0.995, 0.993, 0.997, 20), Judgement.LESS_TIME, "0.5% less ±0.2"),
        (Estimate(1.01, 0.97, 1.05, 20), Judgement.NO_CLEAR_DIFFERENCE, "no clear difference ±4.0"),
        (Estimate(1.0, 0.995, 1.005, 20), Judgement.EQUAL, "equal within 1%"),
        (Estimate(0.995, 0.992, 0.998, 20), Judgement.EQUAL, "0.5% less, equal within 1%"),
        (Estimate(0.5, None, None, 3), Judgement.NO_CLEAR_DIFFERENCE, "too few rounds"),
        (Estimate(3.25, 3.05, 3.45, 20), Judgement.MORE_TIME, "225% more ±20"),
    ],
)
def test_a_change_is_told_in_percent_with_its_half_width(
    ratio: Estimate, judgement: Judgement, words: str
) -> None:
    assert change_words(ratio, judgement, 0.01) == words


@pytest.mark.parametrize(
    ("microseconds", "words"),
    [
        (Estimate(682, 560, 758, 20), "0.68 ms late ±0.10"),
        (Estimate(-12, -20, -4, 20), "12 µs early ±8"),
        (Estimate(682, None, None, 2), "0.68 ms late"),
    ],
)
def test_a_benchmark_that_sleeps_is_told_by_how_late_it_woke(microseconds: Estimate, words: str) -> None:
    assert lateness_words(microseconds) == words


def test_bars_leave_the_middle_to_the_left_for_less_and_to_the_right_for_more() -> None:
    [line] = [line for line in drawn(of_rows(AnswerRow("order", "20 µs", (LESS, MORE)))) if "order" in line]
    less, more = line.index("█"), line.rindex("█")
    assert less < line.index("╎") < line.rindex("╎") < more


def test_a_wide_difference_has_a_longer_bar_than_a_small_one() -> None:
    small = replace(MORE, ratio=Estimate(1.2, 1.1, 1.3, 20))
    lines = drawn(of_rows(AnswerRow("a", "1 µs", (MORE,)), AnswerRow("b", "1 µs", (small,))))
    lengths = [line.count("█") for line in lines if "█" in line]
    assert lengths[0] > lengths[1] > 0


def test_only_less_time_is_green() -> None:
    lines = drawn(of_rows(AnswerRow("order", "20 µs", (LESS, MORE, UNCLEAR))), 160, colored=True)
    [line] = [line for line in lines if "order" in line]
    green = re.findall(r"\x1b\[32m([^\x1b]*)\x1b\[0m", line)
    assert [part.strip(" █▐╎") for part in green] == [LESS.words, ""]


def test_without_colors_the_words_say_everything() -> None:
    text = "\n".join(drawn(of_rows(AnswerRow("order", "20 µs", (LESS, MORE, UNCLEAR))), 160))
    assert "\x1b" not in text
    for cell in (LESS, MORE, UNCLEAR):
        assert cell.words in text


def test_words_that_do_not_fit_lose_their_half_width_and_not_their_end() -> None:
    [line] = [line for line in drawn(of_rows(AnswerRow("x" * 30, "20 µs", (LESS, UNCLEAR)))) if "xxx" in line]
    assert line.endswith("no clear difference")


def test_a_narrow_terminal_has_a_line_for_each_backend() -> None:
    lines = drawn(of_rows(AnswerRow("order", "20 µs", (LESS, MORE))), 40)
    assert "  loop0  36% less ±2" in lines
    assert "  loop1  70% more ±6" in lines


@pytest.mark.parametrize(
    ("order", "names"),
    [
        (SortOrder.PLAN, ["b", "a", "c"]),
        (SortOrder.NAME, ["a", "b", "c"]),
        (SortOrder.LESS, ["a", "c", "b"]),
        (SortOrder.MORE, ["b", "c", "a"]),
    ],
)
def test_lines_stand_in_the_order_that_is_asked_for(order: SortOrder, names: list[str]) -> None:
    rows = [AnswerRow("b", "", (MORE,)), AnswerRow("a", "", (LESS,)), AnswerRow("c", "", (UNCLEAR,))]
    assert [row.name for row in ordered(rows, order)] == names


def test_findings_come_before_all_other_remarks() -> None:
    first = answer(everything()).remarks[0]
    assert first.tone is Tone.FINDING
    assert "different result in" in first.text
    assert "order:n=1 on" in first.text or " on " in first.text


def test_a_case_that_could_not_be_measured_is_a_warning() -> None:
    first = answer(unmeasured()).remarks[0]
    assert first.tone is Tone.WARNING
    assert first.text.startswith("could not measure in 1 case")


def many_benchmarks(record: Record, count: int) -> Record:
    timed = next(result for result in record.results if result.rounds and result.benchmark.ideal is None)
    copies = (
        replace(
            timed, benchmark=replace(timed.benchmark, scenario=f"copy{number}", family=f"family{number % 3}")
        )
        for number in range(count)
    )
    return replace(record, results=tuple(copies))


def test_up_to_twelve_benchmarks_have_a_line_each_and_more_have_one_for_each_family() -> None:
    tutorial = published("2026-11-25-tutorial")
    few, many = many_benchmarks(tutorial, MOST_ROWS), many_benchmarks(tutorial, MOST_ROWS + 1)
    assert [row.name for row in answer(few).rows] == [result.benchmark.id for result in few.results]
    assert [row.name for row in answer(many).rows] == ["family0 (5)", "family1 (4)", "family2 (4)"]
