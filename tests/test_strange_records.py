"""Records of strangers: refused in a sentence, or shown in every format without doing anything.

LOOPCMP_MUTATIONS and LOOPCMP_SEED choose how many records are tried, and which:

    LOOPCMP_MUTATIONS=3000 python -m pytest -m "long or not long" -s tests/test_strange_records.py -k mutation
"""

import json
import os
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.errors import BadInput
from harness.records import store
from harness.records.record import Record
from harness.records.store import journal
from harness.report import Format, render
from harness.report.formats.csv import as_text
from harness.report.formats.markdown_text import code_block, link, paragraph
from harness.report.json_text import json_text
from harness.report.public_reports import address
from harness.report.site.names import slug
from harness.report.tables import capabilities
from harness.report.writing import write_report
from harness.runner.state import RunState
from tests import kinds, records, swept
from tests.mutations import Mutations, live_markup, raw_controls
from tests.published import published
from tests.records import everything
from tests.stored import BEGUN, ENTRIES, write_journal

SEED = int(os.environ.get("LOOPCMP_SEED", random.SystemRandom().getrandbits(32)))

RESULTS = Path(__file__).parents[1] / "results"

MADE = (everything, records.passed, kinds.audit, kinds.check, kinds.abilities, swept.remembered)
"""Records with a bit of everything, each of its own kind."""


def document(record: Record) -> Any:
    return json.loads(store.encode_record(record))


def stored() -> list[Any]:
    """Real records, as this version writes them."""
    documents = []
    for name in ("2026-11-25-latency", "2026-11-25-scale", "2026-11-25-audit-10ms"):
        real = document(published(name))
        real["run"]["version"] = 2
        documents.append(real)
    return documents


def read(value: Any) -> Record | None:
    """What is read of a JSON value; None where it is refused in one sentence."""
    try:
        return store.decode_record(json.dumps(value).encode(), "record.json")
    except BadInput as error:
        refusal = str(error)
    assert refusal.startswith("record.json")
    assert "\n" not in refusal
    return None


def check_formats(record: Record, tried: str, *, page: bool) -> None:
    """No format fails, or holds what a terminal, an editor or a browser obeys."""
    for form in Format:
        if form is Format.HTML and not page:
            continue
        if form is Format.CAPABILITIES and capabilities.table(record) is None:
            continue
        text = render(record, form)
        assert not raw_controls(text), (form, tried)
        assert not live_markup(text, form), (form, tried)
        if form in {Format.JSON, Format.GITHUB, Format.BENCHER}:
            json.loads(text)


def try_mutations(documents: list[Any], count: int, *, pages: int) -> Counter[str]:
    """Change one value at a time; every so often the page is made, too."""
    print(f"LOOPCMP_SEED={SEED}")  # noqa: T201 - shown when a test fails
    source, outcomes = random.Random(SEED), Counter[str]()
    mutations = [Mutations(document) for document in documents]
    for number in range(count):
        value, what = mutations[number % len(mutations)].draw(source)
        record = read(value)
        outcomes["read" if record else "refused"] += 1
        if record is not None:
            page = outcomes["read"] % pages == 0
            outcomes["pages"] += page
            check_formats(record, f"{what}, LOOPCMP_SEED={SEED}", page=page)
    return outcomes


def test_a_record_with_one_value_changed_is_refused_or_shown_in_every_format() -> None:
    outcomes = try_mutations([document(make()) for make in MADE], 200, pages=20)
    assert min(outcomes["read"], outcomes["refused"], outcomes["pages"]) > 0


@pytest.mark.long
def test_a_real_record_with_one_value_changed_is_refused_or_shown_in_every_format() -> None:
    """The mutations of a run in CI; LOOPCMP_MUTATIONS chooses how many."""
    count = int(os.environ.get("LOOPCMP_MUTATIONS", "200"))
    outcomes = try_mutations([*(document(make()) for make in MADE), *stored()], count, pages=10)
    print(dict(outcomes))  # noqa: T201 - the figures, for the one who asked for them
    assert outcomes["read"] + outcomes["refused"] == count


Change = tuple[tuple[str | int, ...], Any, str]

RATIO: tuple[str | int, ...] = ("results", 1, "cases", 1, "timing", "ratio")

WRONG: dict[str, Change] = {
    "ratio zero": ((*RATIO, "value"), 0, "ratio is 0, and lies outside"),
    "ratio negative": ((*RATIO, "value"), -1.5, "ratio is -1.5, and lies outside"),
    "end negative": ((*RATIO, "low"), -1.5, "ratio.low is -1.5"),
    "one end": ((*RATIO, "high"), None, "its interval has one end"),
    "backwards": ((*RATIO, "low"), 100.0, "its interval ends before it begins"),
    "no time": (("results", 1, "cases", 1, "timing", "metrics", "seconds", "value"), 0, "seconds is 0"),
    "endless": (("results", 1, "cases", 1, "timing", "metrics", "seconds", "value"), 1e308, "1e+308"),
    "before the start": (
        ("results", 1, "cases", 1, "timing", "metrics", "seconds", "value"),
        -1e308,
        "1e+308",
    ),
    "no metric": (("results", 1, "cases", 1, "timing", "metrics"), {}, "it has no metric 'collecting_share'"),
    "no samples": (("results", 1, "cases", 1, "timing", "samples"), [], "it has no samples"),
    "wild sample": (("results", 1, "cases", 1, "timing", "samples", 0), 700.0, "samples is 700"),
    "seed": (("run", "plan", "seed"), -1, "seed is -1"),
    "large seed": (("run", "plan", "seed"), 2**63, "seed is 9.22e+18"),
    "no results": (("results",), [], "it has no results"),
    "no benchmarks": (("run", "plan", "benchmarks"), [], "record.json is no record"),
    "no backends": (("run", "plan", "backends"), [], "it has no backends"),
    "no cases": (("results", 0, "cases"), [], "has no cases"),
    "baseline": (("run", "plan", "baseline"), "nobody", "the baseline 'nobody' is not in its plan"),
    "backend": (("results", 0, "cases", 0, "backend"), "nobody", "the backend 'nobody' is not in its plan"),
    "claim": (("ledger", 0, "benchmark"), "nothing", "the benchmark 'nothing' is not in its plan"),
    "when": (("run", "started"), "yesterday", "started is no time such as"),
    "cores": (("run", "machine", "cores"), 0, "cores is 0"),
    "verdict": (("results", 1, "cases", 1, "verdict", "kind"), "crashed", "has a number beside the verdict"),
    "first line": (("results", 4, "cases", 2, "verdict", "mismatch", "first_line"), -1, "first_line is -1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_value_that_no_run_gives_is_refused_with_its_place(name: str) -> None:
    path, value, words = WRONG[name]
    changed = document(everything())
    place = changed
    for part in path[:-1]:
        place = place[part]
    assert path[-1] in place or isinstance(path[-1], int)
    place[path[-1]] = value
    with pytest.raises(BadInput, match=re.escape(words)):
        store.decode_record(json.dumps(changed).encode(), "record.json")


def test_a_result_that_is_there_twice_is_refused() -> None:
    changed = document(everything())
    changed["results"].append(changed["results"][0])
    with pytest.raises(BadInput, match="the result of 'say_after' is there twice"):
        store.decode_record(json.dumps(changed).encode(), "record.json")


def test_a_key_that_is_there_twice_is_refused() -> None:
    text = store.encode_record(everything()).decode()
    twice = text.replace('"seed":7', '"seed":8,"seed":7')
    assert twice != text
    with pytest.raises(BadInput, match="the key 'seed' is there twice"):
        store.decode_record(twice.encode(), "record.json")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_what_is_no_number_is_refused(number: str) -> None:
    text = store.encode_record(everything()).decode().replace('"load":0.25', f'"load":{number}')
    with pytest.raises(BadInput, match=r"record\.json is no record of loopcmp"):
        store.decode_record(text.encode(), "record.json")


# Journals.


@pytest.mark.parametrize("seed", range(60))
def test_a_journal_with_one_value_changed_is_refused_or_makes_a_record_that_is_shown(
    tmp_path: Path, seed: int
) -> None:
    lines = write_journal(tmp_path).read_text().splitlines()
    source = random.Random(seed)
    at = source.randrange(len(lines))
    value, what = Mutations(json.loads(lines[at])).draw(source)
    lines[at] = json.dumps(value)
    (tmp_path / store.JOURNAL).write_text("".join(f"{line}\n" for line in lines))
    try:
        run, entries = store.read_journal(tmp_path)
    except BadInput as error:
        refusal = str(error)
        assert "\n" not in refusal
        return
    check_formats(RunState(run, entries).record(), what, page=False)


# Files that are none, and files that are too large.


def fifo(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(9 * 2**30)


def folder(path: Path) -> None:
    path.mkdir()


STRANGE = (fifo, device, sparse, folder)


@pytest.mark.parametrize("make", STRANGE)
def test_a_record_that_is_no_regular_file_of_its_size_is_refused_at_once(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / store.RECORD)
    with pytest.raises(BadInput, match=r"record\.json is no record of loopcmp: (It is|Is a directory)"):
        store.read_record(tmp_path)


@pytest.mark.parametrize("make", STRANGE)
@pytest.mark.parametrize("name", [store.JOURNAL, store.COMPRESSED_JOURNAL])
def test_a_journal_that_is_no_regular_file_of_its_size_is_refused_at_once(
    tmp_path: Path, make: Callable[[Path], None], name: str
) -> None:
    make(tmp_path / name)
    with pytest.raises(BadInput, match="journal"):
        store.read_journal(tmp_path)
    with pytest.raises(BadInput):
        store.resume(tmp_path)
    (tmp_path / "local").mkdir()
    tmp_path.rename(tmp_path.parent / "moved")
    (tmp_path / "local").mkdir(parents=True)
    (tmp_path.parent / "moved").rename(tmp_path / "local" / "1-a")
    with pytest.raises(BadInput, match="no unfinished run"):
        store.unfinished(tmp_path)


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "LONGEST_LINE", 1000)
    (tmp_path / store.JOURNAL).write_bytes(b"0" * 5000)
    with pytest.raises(BadInput, match="line 1 is longer than any entry of a journal"):
        store.read_journal(tmp_path)


def test_a_compressed_journal_that_grows_beyond_all_bounds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_journal(tmp_path, ENTRIES[:1])
    plain = tmp_path / store.JOURNAL
    plain.write_bytes(plain.read_bytes() + b"\n" * 100_000)
    compressed = store.compress_journal(tmp_path)
    plain.unlink()
    monkeypatch.setattr(journal, "LARGEST_JOURNAL", 50_000)
    assert compressed.stat().st_size < 10_000
    with pytest.raises(BadInput, match="is longer than any entry"):
        store.read_journal(tmp_path)


@pytest.mark.parametrize("make", STRANGE)
def test_what_strangers_left_under_results_stops_no_run_that_is_finished(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    for name in ("2026-01-01-strange", "local/1-strange"):
        (tmp_path / name).mkdir(parents=True)
        make(tmp_path / name / store.RECORD)
    mine = tmp_path / "2026-01-02-mine"
    mine.mkdir()
    record = everything()
    among_others = replace(record, run=replace(record.run, published=True))
    assert write_report(mine, among_others) == among_others
    assert store.read_record(mine) == among_others
    assert "not read: of another version, or damaged" in (tmp_path / "README.md").read_text()


# A journal that a scenario changes while the run goes on.


def truncate(path: Path) -> None:
    os.truncate(path, 0)


def remove(path: Path) -> None:
    path.unlink()


def overwrite(path: Path) -> None:
    path.write_bytes(b"x" * path.stat().st_size)


def replace_by_a_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def lead_elsewhere(path: Path) -> None:
    other = path.parent.with_name("elsewhere")
    other.write_text("mine")
    path.unlink()
    path.symlink_to(other)


@pytest.mark.parametrize("change", [truncate, remove, overwrite, replace_by_a_fifo, lead_elsewhere])
def test_a_scenario_that_changes_the_journal_loses_nothing(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    with store.Journal(run) as appended:
        for entry in (BEGUN, *ENTRIES[:2]):
            appended.append(entry)
        change(run / store.JOURNAL)
        for entry in ENTRIES[2:4]:
            appended.append(entry)
        change(run / store.JOURNAL)
    assert store.read_journal(run) == (BEGUN, ENTRIES[:4])
    elsewhere = tmp_path / "elsewhere"
    assert not elsewhere.exists() or elsewhere.read_text() == "mine"


# Text that ends what it stands in.


def test_a_block_of_code_is_not_ended_by_what_stands_in_it() -> None:
    hostile = ["```", "  ````sh", "~~~", "a\n```\n# a heading", "`x`"]
    first, *lines, last = code_block("text", hostile)
    assert (first, last) == ("`````text", "`````")
    assert lines == ["```", "  ````sh", "~~~", "a ``` # a heading", "`x`"]


def test_a_link_leads_to_the_folder_of_that_name_whatever_it_is_called() -> None:
    assert link("a](javascript:x) b|c", "a](javascript:x) b|c", "report.md") == (
        "[a\\](javascript:x) b\\|c](a%5D%28javascript%3Ax%29%20b%7Cc/report.md)"
    )


def test_a_text_begins_no_heading_and_no_list() -> None:
    assert [paragraph(text)[:2] for text in ("# a", "- a", "+ a", "===", "a")] == [
        "\\#", "\\-", "\\+", "\\=", "a",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", " =1+1", "\t=1", "\r=1", "\n@SUM(1)", "-1", "|calc", "\uff1d1"])
def test_a_spreadsheet_takes_no_text_for_a_formula(text: str) -> None:
    assert as_text(text).startswith("'")


def test_json_means_the_same_with_its_hidden_characters_as_escapes() -> None:
    value = {"a\u202e\x9b\x7f\U000e0001": "ü\n\x1b"}
    text = json_text(value)
    assert json.loads(text) == value
    assert not raw_controls(text)


@pytest.mark.parametrize("report", ["github.com/a/b/issues/1", "github.com/a/b/discussions/1"])
def test_an_address_of_a_report_is_a_link(report: str) -> None:
    assert address(report) == f"https://{report}"


def test_what_only_begins_as_an_address_is_none() -> None:
    assert address("github.com/a/b/issues/1) [x](javascript:alert(1)") is None


def test_the_name_of_a_folder_is_never_that_of_another_page() -> None:
    names = ["A", "a", "a-559aead08264d579", "A-559aead08264d579", slug("A"), slug(slug("A"))]
    assert len({slug(name) for name in names}) == len(set(names))
