"""`loopcmp compare` as it is typed: its shapes, and how it ends; and `loopcmp gate` on records."""

import json
from pathlib import Path

import pytest

from harness.records import store
from harness.records.record import Record
from tests.command_line import here
from tests.compared import elsewhere, record
from tests.records import TRIO, UVLOOP

ENDS = {"all well": 0, "finding": 1, "usage": 2, "could not measure": 3}


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Records of one row: uvloop at 60%, 63% and 66%, and what else they are compared with."""
    monkeypatch.chdir(tmp_path)
    records: dict[str, Record] = {
        "at60": record(60.0),
        "at63": record(63.0),
        "at66": record(66.0),
        "short": record(66.0, count=1),
        "other": record(60.0, rows=("probe", "other")),
        "elsewhere": elsewhere(record(60.0), cpu="Abacus"),
    }
    for name, of in records.items():
        (tmp_path / name).mkdir()
        store.write_record(tmp_path / name, of)
    return tmp_path


def limit(text: str) -> None:
    Path("pyproject.toml").write_text(f"[tool.loopcmp.limits]\n{text}\n")


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize(
    ("typed", "end"),
    [
        ("compare at60 at66", "all well"),
        ("compare at60 elsewhere", "usage"),
        ("compare at60 elsewhere --across-machines", "all well"),
        ("compare at60 at66 --baseline trio", "usage"),
        ("compare short", "all well"),
        ("compare at60 at63 at66 --over-hosts", "all well"),
        ("compare at60 --over-hosts", "usage"),
        ("compare at60 elsewhere --over-hosts", "usage"),
        ("compare at60 elsewhere --over-hosts --across-machines", "all well"),
        ("compare at60 at63 --over-hosts --baseline trio", "usage"),
        ("gate at66 --against at60 --limit 5%", "finding"),
        ("gate at60 --against at66 --limit 5%", "all well"),
        ("gate at66 --against at60 --limit 15%", "all well"),
        ("gate at66 --against at60 --against at60 --limit 5%", "finding"),
        ("gate at66 --against at60 --against at66 --limit 5%", "all well"),
        ("gate short --against at60 --limit 5%", "could not measure"),
        ("gate at60 --against other --limit 5%", "could not measure"),
        ("gate at66 --against other --limit 5%", "finding"),
        ("gate other --against at60 --limit 5%", "all well"),
        ("gate elsewhere --against at60 --limit 5%", "usage"),
        ("gate elsewhere --against at60 --limit 5% --across-machines", "all well"),
        ("gate at66 --against at60", "usage"),
        ("gate at66 --against at60 --limit 5", "usage"),
        ("gate at66 --against at60 --limit 5% --baseline trio", "usage"),
        ("gate at66 --against at60 -b trio --limit 5%", "all well"),
        ("gate at60 --limit 5%", "finding"),
        ("gate at60 -b uvloop --limit 5%", "all well"),
        ("gate at60 --baseline trio --limit 5%", "all well"),
        ("gate short --limit 5%", "could not measure"),
        ("gate", "usage"),
        ("gate probe", "usage"),
        ("gate at60 at63 --against at66 --limit 5%", "usage"),
        ("gate at60/record.json --limit 5%", "finding"),
    ],
)
def test_how_it_ends(monkeypatch: pytest.MonkeyPatch, typed: str, end: str) -> None:
    assert here(monkeypatch, *typed.split()) == ENDS[end]


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize(
    ("limits", "typed", "end"),
    [
        ('"probe" = "5%"', "at66 --against at60", "finding"),
        ('"probe on trio*" = "5%"', "at66 --against at60", "all well"),
        ('"probe on uvloop*" = "none"\n"*" = "5%"', "at66 --against at60", "all well"),
        ('"probe" = "15%"', "at66 --against at60 --limit 5%", "all well"),
        ('"other" = "5%"', "at66 --against at60", "could not measure"),
        ('"probe" = "5%"', "at60", "usage"),
        ('"probe" = "five"', "at66 --against at60", "usage"),
    ],
)
def test_limits_of_the_project_hold_over_time(
    monkeypatch: pytest.MonkeyPatch, limits: str, typed: str, end: str
) -> None:
    limit(limits)
    assert here(monkeypatch, "gate", *typed.split()) == ENDS[end]


@pytest.mark.usefixtures("saved")
def test_the_first_line_is_the_decision_and_the_others_name_what_broke_and_what_was_not_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here(monkeypatch, "gate", "at66", "--against", "other", "--limit", "5%")
    shown = capsys.readouterr()
    assert shown.out.startswith("FAIL: probe on uvloop is more than 5% slower: 1.1")
    assert "one session" in shown.out
    for name in ("uvloop", "trio"):
        assert f"• other on {name} could not be measured: the new record has no such benchmark." in shown.out
    assert shown.err == ""


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("at66 --against at60 --limit 5%", "**FAIL**: probe on uvloop is more"),
        ("at66 --against at60 --limit 15%", "**PASS**: 2 cases are within the limit."),
        ("at60 --against other --limit 5%", "**UNDECIDED**: other on uvloop could not be measured"),
    ],
)
def test_a_comment_about_records_is_at_most_ten_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, first: str
) -> None:
    here(monkeypatch, "gate", *typed.split(), "--format", "markdown")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(first)
    assert len(lines) <= 10


@pytest.mark.usefixtures("saved")
def test_json_is_the_comparison_and_the_gate_with_the_sentences_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(monkeypatch, "gate", "at66", "--against", "at60", "--limit", "5%", "--json") == 1
    shown = capsys.readouterr()
    told = json.loads(shown.out)
    assert told["comparison"]["kind"] == "between"
    assert {one["backend"] for one in told["comparison"]["changes"]} == {UVLOOP, TRIO}
    [broken] = [one for one in told["gate"]["held"] if one["beyond"]]
    assert (broken["benchmark"], broken["backend"], broken["limit"]) == ("probe", UVLOOP, 0.05)
    assert "is more than 5% slower" in shown.err


@pytest.mark.usefixtures("saved")
def test_json_of_a_comparison_has_no_gate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(monkeypatch, "compare", "at60", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["comparison"]["kind"] == "within"
    assert "gate" not in told


@pytest.mark.usefixtures("saved")
def test_the_option_of_compare_that_went_is_answered_with_the_new_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in (["--fail-if-slower", "5%"], ["--fail-if-slower=5%"]):
        assert here(monkeypatch, "compare", "at60", "at66", *option) == 2
        assert "type loopcmp gate NEW --against OLD --limit PERCENT" in capsys.readouterr().err
