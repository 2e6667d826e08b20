"""`loopcmp compare` as it is typed: its shapes, its gate, and how it ends."""

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
        ("at60 at66", "all well"),
        ("at60 at66 --fail-if-slower 5%", "finding"),
        ("at66 at60 --fail-if-slower 5%", "all well"),
        ("at60 at66 --fail-if-slower 15%", "all well"),
        ("at60 at60 at66 --fail-if-slower 5%", "finding"),
        ("at60 at66 at66 --fail-if-slower 5%", "all well"),
        ("at60 short --fail-if-slower 5%", "could not measure"),
        ("other at60 --fail-if-slower 5%", "could not measure"),
        ("other at66 --fail-if-slower 5%", "finding"),
        ("at60 other --fail-if-slower 5%", "all well"),
        ("at60 elsewhere", "usage"),
        ("at60 elsewhere --across-machines", "all well"),
        ("at60 at66 --fail-if-slower 5", "usage"),
        ("at60 at66 --baseline trio", "usage"),
        ("at60 at66 -b trio --fail-if-slower 5%", "all well"),
        ("at60 --fail-if-slower 5%", "finding"),
        ("at60 -b uvloop --fail-if-slower 5%", "all well"),
        ("at60 --baseline trio --fail-if-slower 5%", "all well"),
        ("short --fail-if-slower 5%", "could not measure"),
        ("short", "all well"),
    ],
)
def test_how_it_ends(monkeypatch: pytest.MonkeyPatch, typed: str, end: str) -> None:
    assert here(monkeypatch, "compare", *typed.split()) == ENDS[end]


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize(
    ("limits", "typed", "end"),
    [
        ('"probe" = "5%"', "at60 at66", "finding"),
        ('"probe on trio*" = "5%"', "at60 at66", "all well"),
        ('"probe on uvloop*" = "none"\n"*" = "5%"', "at60 at66", "all well"),
        ('"probe" = "15%"', "at60 at66 --fail-if-slower 5%", "all well"),
        ('"other" = "5%"', "at60 at66", "could not measure"),
        ('"probe" = "5%"', "at60", "all well"),
        ('"probe" = "five"', "at60 at66", "usage"),
    ],
)
def test_limits_of_the_project_hold_over_time(
    monkeypatch: pytest.MonkeyPatch, limits: str, typed: str, end: str
) -> None:
    limit(limits)
    assert here(monkeypatch, "compare", *typed.split()) == ENDS[end]


@pytest.mark.usefixtures("saved")
def test_it_names_what_broke_and_what_was_not_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here(monkeypatch, "compare", "other", "at66", "--fail-if-slower", "5%")
    shown = capsys.readouterr()
    assert "• probe on uvloop is more than 5% slower: 1.1" in shown.out
    assert "one session" in shown.out
    for name in ("uvloop", "trio"):
        assert f"• other on {name} could not be measured: the new record has no such benchmark." in shown.out
    assert shown.err == ""


@pytest.mark.usefixtures("saved")
def test_json_is_the_comparison_and_the_gate_with_the_sentences_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(monkeypatch, "compare", "at60", "at66", "--fail-if-slower", "5%", "--json") == 1
    shown = capsys.readouterr()
    told = json.loads(shown.out)
    assert told["comparison"]["kind"] == "between"
    assert {one["backend"] for one in told["comparison"]["changes"]} == {UVLOOP, TRIO}
    [broken] = [one for one in told["gate"]["held"] if one["beyond"]]
    assert (broken["benchmark"], broken["backend"], broken["limit"]) == ("probe", UVLOOP, 0.05)
    assert "is more than 5% slower" in shown.err


@pytest.mark.usefixtures("saved")
def test_json_of_one_record_has_no_gate_unless_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(monkeypatch, "compare", "at60", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["comparison"]["kind"] == "within"
    assert told["gate"] is None
