"""A record in thirty lines for an issue: what it says, and that nothing in it acts."""

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from harness.report import render_short
from harness.report.answer.of_record import answer
from harness.report.answer.remarks import remarks
from harness.report.formats.markdown_short import MOST_LINES
from harness.report.formats.markdown_text import inline
from tests.command_line import here
from tests.kinds import KINDS
from tests.published import published
from tests.records import everything
from tests.stored import put
from tests.strained import HOSTILE, hostile, sixty_by_twelve


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_record_fits_into_an_issue(kind: str) -> None:
    assert 0 < render_short(KINDS[kind]()).count("\n") <= MOST_LINES


def test_a_large_record_fits_into_an_issue() -> None:
    assert render_short(sixty_by_twelve()).count("\n") <= MOST_LINES


def test_a_published_suite_fits_into_an_issue_with_its_table_and_its_remarks() -> None:
    record = published("2026-11-27-suite")
    text = render_short(record)
    assert text.count("\n") <= MOST_LINES
    for row in answer(record).rows:
        assert inline(row.name) in text
        assert [cell.words for cell in row.cells if inline(cell.words) not in text] == []
    assert [
        remark.text for remark in remarks(record, "in the report") if inline(remark.text) not in text
    ] == []
    assert "```sh\nloopcmp run" in text


@pytest.mark.parametrize("what", HOSTILE)
def test_text_that_others_chose_stays_text(what: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(render_short(hostile(HOSTILE[what])))
    kinds = {token.type for token in tokens} | {
        child.type for token in tokens for child in token.children or ()
    }
    assert not {"html_block", "html_inline", "image", "link_open"} & kinds


def test_short_is_refused_beside_a_format_that_has_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = put(tmp_path, "1", everything(), "2026-01-01T00:00:00+00:00")
    assert here(monkeypatch, "report", folder, "--format", "csv", "--short") == 2
    assert "--format markdown" in capsys.readouterr().err
    assert here(monkeypatch, "report", folder, "--format", "markdown", "--short") == 0
    assert capsys.readouterr().out.count("\n") <= MOST_LINES
