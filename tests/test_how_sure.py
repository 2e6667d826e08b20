"""README.md and docs/method.md say of the published audits what their records hold."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from docs.how_sure import BEGIN, END, RESULTS, ROOT, Audit, newest_audits, replaced, sentence, table
from harness.records.store import write_record
from tests.kinds import audit


def publish(results: Path, name: str, method: str | None) -> None:
    record = audit()
    (results / name).mkdir(parents=True)
    write_record(results / name, replace(record, run=replace(record.run, method=method)))


@pytest.mark.long
@pytest.mark.parametrize(("document", "written"), [("README.md", sentence), ("docs/method.md", table)])
def test_a_document_says_what_the_published_audits_found(
    document: str, written: Callable[[tuple[Audit, ...]], str]
) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert replaced(text, written(newest_audits(RESULTS))) == text


def test_audits_of_an_older_method_are_left_out_where_there_are_newer_ones(tmp_path: Path) -> None:
    publish(tmp_path, "2026-01-01-first", None)
    assert [audit.name for audit in newest_audits(tmp_path)] == ["2026-01-01-first"]
    publish(tmp_path, "2026-01-02-second", "2")
    publish(tmp_path, "2026-01-03-third", "2")
    assert [audit.name for audit in newest_audits(tmp_path)] == ["2026-01-02-second", "2026-01-03-third"]


def test_counts_are_added_over_all_audits(tmp_path: Path) -> None:
    publish(tmp_path, "2026-01-01-first", "2")
    publish(tmp_path, "2026-01-02-second", "2")
    first, second = newest_audits(tmp_path)
    assert "1 of 20 comparisons" in sentence([first])
    assert "2 of 40 comparisons" in sentence([first, second])
    assert "| identical code called different | 1 of 20 | 1 of 20 | 2 of 40: 5.0%" in table([first, second])


def test_a_document_without_the_marks_is_refused() -> None:
    assert replaced(f"before {BEGIN} old {END} after", "new") == f"before {BEGIN}\nnew\n{END} after"
    with pytest.raises(ValueError, match="has no"):
        replaced(f"before {BEGIN} old", "new")
