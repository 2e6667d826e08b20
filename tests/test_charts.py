"""Charts: the table behind each, the words that stand for it, and an image that needs nothing else."""

import json
import math
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.analysis.sweeps import Curve, Point, Sweep, sweeps
from harness.records.estimate import Estimate
from harness.records.verdict import Verdict
from harness.report.backend_names import ShownNames
from harness.report.charts import Chart, charts, round_strips
from harness.report.charts.dots import MOST_TICKS, ratio_ticks, size_ticks
from harness.report.charts.images import chart_images
from harness.report.charts.latency import time_marks
from harness.report.charts.rendering import (
    ChartDrawings,
    ChartRenderer,
    gzip_base64,
    inline_svg,
    runtime,
    with_data,
)
from harness.report.charts.sweep import sweep_chart
from harness.report.evidence import case_of
from harness.report.formats.markdown import illustrated
from harness.report.notices import NoticeKind
from harness.report.tables.table import Table
from harness.report.warnings import notices
from tests.records import ASYNCIO, UVLOOP, everything, passed
from tests.swept import remembered, sure, swept

pytestmark = pytest.mark.browser

GOLDEN = Path(__file__).parent / "golden" / "charts" / "tables.txt"


def written(table: Table) -> str:
    return "\n".join([table.title, *("\t".join(line) for line in (table.heads, *table.rows))]) + "\n"


def all_charts() -> list[Chart]:
    grown = swept(1e-6, 2e-5, 2e-4)
    return [
        *charts(everything()),
        *round_strips(everything()).values(),
        *charts(grown),
        *charts(remembered()),
        of_latency(),
    ]


def of_latency() -> Chart:
    return next(chart for chart in charts(passed()) if chart.name == "chart-latency")


def test_the_tables_behind_the_charts_look_as_they_did() -> None:
    found = "\n".join(f"{chart.name}\n{chart.alternative}\n{written(chart.table)}" for chart in all_charts())
    if os.environ.get("LOOPCMP_GOLDEN") == "write":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text()


def test_every_ratio_is_a_dot_with_its_interval_and_those_without_are_open() -> None:
    forest = charts(everything())[0]
    cells = [
        cell for line in everything().results for cell in line.cases if cell.timing and cell.timing.ratio
    ]
    assert len(forest.data) == len(cells)
    for one in forest.data:
        assert one["low"] <= one["value"] <= one["high"]
        assert one["open"] == (one["low"] == one["high"])


def test_a_strip_has_every_round_in_order_around_its_median() -> None:
    line = next(line for line in everything().results if line.benchmark.id == "order:n=100")
    strip = round_strips(everything())[everything().results.index(line) + 1]
    uvloop = next(one for one in strip.data if one["backend"] == "uvloop")
    timing = next(cell.timing for cell in line.cases if cell.backend == UVLOOP)
    assert timing is not None
    assert len(uvloop["apart"]) == line.rounds
    middle = sorted(timing.samples)[len(timing.samples) // 2 - 1 : len(timing.samples) // 2 + 1]
    expected = [math.expm1(one - sum(middle) / 2) * 100 for one in timing.samples]
    assert uvloop["apart"] == pytest.approx(expected, rel=0.01)


def test_an_image_names_no_other_file_and_its_colors_follow_the_page() -> None:
    for chart in all_charts():
        drawn = ChartDrawings().svg(chart)
        assert drawn.startswith("<svg")
        assert not re.search(r'href="(?!#)|url\((?!#)|<script|<image', drawn)
        assert "var(--" in inline_svg(drawn)
        assert len(inline_svg(drawn)) < len(drawn)


def test_beyond_the_room_for_images_a_chart_has_none_and_can_still_be_drawn() -> None:
    workshop, chart = ChartRenderer(budget=0), charts(everything())[0]
    assert workshop.image(chart) == ""
    assert chart.kind in workshop.kinds


def test_hostile_names_stay_text_in_an_image() -> None:
    line = everything().results[1]
    named = replace(line.benchmark, scenario='<script>"\u202e', parameters=())
    record = replace(everything(), results=(replace(line, benchmark=named),))
    drawn = ChartDrawings().svg(charts(record)[0])
    assert "<script" not in drawn
    assert "&lt;script" in drawn
    assert "\u202e" not in drawn


NODE = shutil.which("node")

IN_NODE = """
import { readFileSync } from "node:fs";

const element = new Proxy(function () {}, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => "" : name === "length" ? 0 : element),
  apply: () => element,
  set: () => true,
});
globalThis.window = globalThis;
globalThis.document = element;
globalThis.Element = globalThis.HTMLElement = class {
  static [Symbol.hasInstance](object) { return object === element; }
};
await import(process.argv[2]);
const options = { mode: "vega", renderer: "none", actions: false, ast: true, defaultStyle: false };
const chart = JSON.parse(readFileSync(0));
const { view } = await window.vegaEmbed(element, chart, { ...options, hover: false, tooltip: false });
console.log(await view.toSVG());
"""
"""Draws the chart on its standard input with the runtime that it is given, on a page that holds nothing."""


@pytest.mark.skipif(NODE is None, reason="there is no node here to run the page's script")
def test_the_runtime_draws_every_benchmark_of_a_chart(tmp_path: Path) -> None:
    assert NODE is not None
    (tmp_path / "runtime.mjs").write_text(runtime())
    (tmp_path / "draw.mjs").write_text(IN_NODE)
    chart = charts(everything())[0]
    drawn = subprocess.run(
        [NODE, tmp_path / "draw.mjs", tmp_path / "runtime.mjs"],
        input=json.dumps(with_data(ChartDrawings().compiled(chart), chart)),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    shown = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    assert {datum["row"] for datum in chart.data} | {datum["backend"] for datum in chart.data} <= set(shown)


def test_the_runtime_is_packed_small() -> None:
    assert len(gzip_base64(runtime())) < len(runtime()) / 2


RATIOS = st.floats(2**-12, 2**12)


@given(ends=st.tuples(RATIOS, RATIOS))
@example(ends=(1.0, 1.0))
@example(ends=(0.5, 128.0))  # as many as there may be: eight parts have nine ends
@example(ends=(0.9912, 1.0272))  # where two marks round to one figure
def test_one_is_always_marked_on_an_axis_of_ratios_and_no_mark_too_many(ends: tuple[float, float]) -> None:
    ticks = ratio_ticks([{"low": min(ends), "high": max(ends)}])
    assert 1.0 in ticks
    assert ticks == sorted(set(ticks))
    assert len(ticks) <= MOST_TICKS + 1


@pytest.mark.parametrize(("low", "high", "most"), [(0.5, 2.0, 8), (1.0, 300.0, 8), (0.01, 30.0, 8)])
def test_marks_of_ratios_stand_all_over_what_is_shown(low: float, high: float, most: int) -> None:
    ticks = ratio_ticks([{"low": low, "high": high}])
    step = ticks[1] / ticks[0]
    assert low <= ticks[0] < low * step
    assert high / step < ticks[-1] <= high
    assert 3 <= len(ticks) <= most


def test_marks_of_sizes_are_powers_of_four() -> None:
    assert size_ticks([{"high": 300.0}]) == [0.0, 16.0, 64.0, 256.0]


# Latency


def test_every_quantile_is_a_dot_in_microseconds_and_one_of_too_few_operations_is_none() -> None:
    found = {(one["backend"], one["quantile"]): one["value"] for one in of_latency().data}
    assert found["asyncio", "p99"] == pytest.approx(80.6, rel=0.01)
    assert ("trio", "p99") in found
    assert ("trio", "p99.9") not in found


def test_a_report_has_the_table_of_latency_once_under_its_image() -> None:
    text = illustrated(passed(), chart_images(passed()))
    assert re.findall(r"## Latency of one operation\n\n(\S*)\[", text) == ["!"]


def test_a_record_without_the_pass_has_no_chart_of_latency() -> None:
    assert "chart-latency" not in {chart.name for chart in charts(everything())}


@pytest.mark.parametrize(
    ("low", "high", "marks"),
    [
        (50.4, 400, [50, 100, 200, 500]),
        (41, 46, [20, 50]),
        (50, 50, [50]),
        (0.7, 90_000, [0.1, 1, 10, 100, 1_000, 10_000, 100_000]),
    ],
)
def test_marks_of_times_hold_every_time_and_are_few(low: float, high: float, marks: list[float]) -> None:
    assert time_marks([{"low": low, "high": high}]) == marks


# Sweeps


def curve(*points: Point) -> Curve:
    return Curve("a+b", points)


def test_the_exponent_of_times_that_grow_as_a_power_is_that_power() -> None:
    exponent = curve(*(Point(n, sure(3e-6 * n**1.5), 0) for n in (1, 10, 100, 1000))).exponent
    assert (exponent.value, exponent.low, exponent.high) == pytest.approx((1.5, 1.5, 1.5))


def test_a_fixed_cost_beside_what_each_unit_takes_does_not_lower_the_exponent_at_the_large_end() -> None:
    times = [Point(n, sure(1e-3 + 1e-5 * n), 0) for n in (1, 10, 100_000, 1_000_000)]
    assert curve(*times).exponent.value == pytest.approx(1.0, abs=0.001)


def test_the_exponents_interval_holds_both_times_at_their_worst() -> None:
    exponent = curve(
        Point(1, sure(1e-9), 0), Point(10, Estimate(1.0, 0.9, 1.1, 20), 0), Point(100, sure(10.0), 0)
    ).exponent
    assert (exponent.low, exponent.value, exponent.high) == pytest.approx(
        (math.log10(10 / 1.1), 1.0, math.log10(10 / 0.9))
    )


def ratios(*ratios: Estimate | None, collecting: float = 0.0) -> Curve:
    last = len(ratios) - 1
    return curve(
        *(
            Point(10.0**at, sure(10.0**at), at, ratio, collecting if at == last else 0.01)
            for at, ratio in enumerate(ratios)
        )
    )


def test_a_ratio_that_moves_over_a_sweep_is_told_with_what_garbage_collection_has_to_do_with_it() -> None:
    moving = ratios(sure(1.5), None, Estimate(3.0, 2.9, 3.1, 20), collecting=0.6)
    assert moving.growth is not None
    assert moving.growth.times == Estimate(2.0, 2.9 / 1.5, 3.1 / 1.5, 20)
    _, note = sweep_chart(Sweep("fan_out", "n", (), (moving,)), ShownNames()).table.notes
    assert note == (
        "a+b: 1.50× [1.50, 1.50] of the baseline's time at n = 1, 3.0× [2.9, 3.1] at 100; garbage "
        "collection takes 1% of its own time there, and 60% here."
    )


@pytest.mark.parametrize(
    ("smallest", "largest"),
    [
        (sure(1.0), sure(1.04)),
        (sure(1.0), sure(0.97)),
        (Estimate(1.0, 0.8, 1.2, 20), Estimate(1.2, 1.0, 1.4, 20)),
        (sure(1.0), Estimate(2.0, None, None, 3)),
        (None, None),
    ],
    ids=["little more", "little less", "not certain", "too few rounds", "the baseline"],
)
def test_a_ratio_that_does_not_certainly_move_is_not_told(
    smallest: Estimate | None, largest: Estimate | None
) -> None:
    assert ratios(smallest, sure(1.0), largest).growth is None


def test_a_sweep_is_benchmarks_that_differ_in_one_number_on_every_backend_that_has_three() -> None:
    (found,) = sweeps(swept(1e-6, 1e-5, 1e-4))
    assert (found.name, found.parameter, found.fixed) == ("grow:how=well:n", "n", (("how", "well"),))
    assert [curve.backend for curve in found.curves] == [ASYNCIO, UVLOOP]
    assert [point.value for point in found.curves[0].points] == [1, 10, 100]
    assert sweeps(swept(1e-6, 1e-5)) == ()


def peaks(*sizes: Estimate) -> Curve:
    points = [Point(10.0**at, sure(1e-6), at, peak=peak) for at, peak in enumerate(sizes)]
    return Curve("a+b", tuple(points))


def test_memory_for_one_more_is_what_the_parameter_adds_and_not_what_a_loop_takes_once() -> None:
    once = 2.0**20
    weight = peaks(*(sure(once + 2500.0 * n) for n in (1, 10, 100, 1000))).weight
    assert weight == Estimate(2500.0, 2500.0, 2500.0, 20)


def test_the_interval_of_memory_for_one_more_holds_both_peaks_at_their_worst() -> None:
    weight = peaks(Estimate(100, 90, 120, 20), sure(0), Estimate(1090, 1080, 1110, 9)).weight
    assert weight is not None
    assert (weight.value, weight.rounds) == (10.0, 9)
    assert (weight.low, weight.high) == pytest.approx((960 / 99, 1020 / 99))
    few = peaks(Estimate(100, None, None, 3), sure(0), sure(1090)).weight
    assert few == Estimate(10.0, None, None, 3)


@pytest.mark.parametrize(
    "sizes",
    [
        (sure(1000), sure(1000), sure(1900)),
        (sure(10), sure(10), Estimate(100, 5, 900, 20)),
    ],
    ids=["less than twice", "an interval that holds nothing"],
)
def test_memory_that_does_not_stand_out_is_no_figure(sizes: tuple[Estimate, ...]) -> None:
    assert peaks(*sizes).weight is None


def test_a_sweep_without_memory_says_nothing_of_it() -> None:
    (found,) = sweeps(swept(1e-6, 1e-5, 1e-4))
    assert "emory" not in repr(sweep_chart(found, ShownNames()))


def test_a_sweep_says_the_memory_for_one_more_and_where_it_is_not_told_apart() -> None:
    (found,) = sweeps(remembered())
    chart = sweep_chart(found, ShownNames())
    assert chart.alternative.endswith(
        "Peak memory for one more of n: asyncio+gather 2,048 bytes [2,046, 2,050]."
    )
    assert {row[0]: row[-1] for row in chart.table.rows} == {
        ASYNCIO: "2,048 bytes [2,046, 2,050]",
        UVLOOP: "not told apart",
    }


# Evidence and warnings


def test_where_a_case_parts_the_lines_around_it_are_shown() -> None:
    line = next(line for line in everything().results if line.benchmark.id == "turns")
    cell = next(cell for cell in line.cases if cell.verdict.kind is Verdict.DIFFERENT_RESULT)
    window = case_of(everything(), line, cell).window
    assert window is not None
    assert [first for *_, first in window.lines] == [False, True, False]
    assert (window.first, window.total) == (1, 3)


def test_load_frequency_scaling_and_a_system_that_cannot_pin_are_said_before_any_figure() -> None:
    busy = replace(everything().run.machine, load=7.5, governor="powersave", pinned=())
    record = replace(everything(), run=replace(everything().run, machine=busy), self_test=None)
    assert [notice.kind for notice in notices(record)][:5] == [
        NoticeKind.LOAD,
        NoticeKind.FREQUENCY,
        NoticeKind.NOT_PINNED,
        NoticeKind.TOO_FEW_ROUNDS,
        NoticeKind.SELF_TEST,
    ]
    assert next(notice.kind for notice in notices(everything())) is NoticeKind.TOO_FEW_ROUNDS
