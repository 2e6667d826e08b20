"""Records, journals and pyperf runs of ours, damaged at random: read in full or refused in a sentence."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import BadInput
from harness.records import store
from harness.records.record import Record
from harness.records.store.journal import KINDS
from tests.records import everything
from tests.stored import write_journal

RECORD: bytes = msgspec.json.encode(everything())

JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)

fuzzed = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def damaged_bytes(draw: st.DrawFn, data: bytes) -> bytes:
    """These bytes with a piece of them replaced, doubled or cut out."""
    at = draw(st.integers(0, len(data)))
    end = draw(st.integers(at, min(len(data), at + 200)))
    middle = draw(
        st.sampled_from([b"", data[at:end] * 2, b"\xff", b"\0", b"[" * 5000]) | st.binary(max_size=30)
    )
    return data[:at] + middle + data[end:]


@st.composite
def damaged_value(draw: st.DrawFn, value: Any) -> Any:
    """A JSON value with one thing somewhere in it replaced, removed, added or renamed."""
    if isinstance(value, dict) and value and draw(st.integers(0, 5)):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: draw(damaged_value(value[key]))}
    if isinstance(value, list) and value and draw(st.integers(0, 5)):
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], draw(damaged_value(value[at])), *value[at + 1 :]]
    if isinstance(value, dict) and value and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(value)))
        rest = {name: part for name, part in value.items() if name != key}
        return draw(st.sampled_from([rest, {**rest, key + "s": value[key]}, {**value, "more": 1}]))
    return draw(JUNK)


def read_or_refused(path: Path, data: bytes) -> Record | None:
    """What a reader makes of this; None if it refused it in one line that names the file."""
    path.write_bytes(data)
    try:
        read = store.read_record(path)
    except BadInput as refused:
        said = str(refused)
    else:
        return read
    assert str(path) in said
    assert "\n" not in said
    return None


def holds(known: Any, raw: Any) -> bool:
    """Whether everything in what was written is in what was read."""
    match raw, known:
        case dict(), dict():
            return all(key in known and holds(known[key], raw[key]) for key in raw)
        case list(), list() | tuple():
            return len(raw) == len(known) and all(map(holds, known, raw))
        case _:
            return bool(raw == known)


@fuzzed
@given(data=damaged_bytes(RECORD))
def test_a_record_with_damaged_bytes_is_read_in_full_or_refused(tmp_path: Path, data: bytes) -> None:
    read = read_or_refused(tmp_path / "record.json", data)
    assert read is None or holds(msgspec.to_builtins(read), json.loads(data))


@fuzzed
@given(value=damaged_value(json.loads(RECORD)))
def test_a_record_with_damaged_values_is_read_in_full_or_refused(tmp_path: Path, value: Any) -> None:
    read = read_or_refused(tmp_path / "record.json", json.dumps(value).encode())
    assert read is None or holds(msgspec.to_builtins(read), json.loads(json.dumps(value)))


@fuzzed
@given(draw=st.data())
def test_a_damaged_journal_keeps_every_whole_entry_or_is_refused(tmp_path: Path, draw: st.DataObject) -> None:
    path = tmp_path / store.JOURNAL
    path.unlink(missing_ok=True)
    write_journal(tmp_path)
    data = draw.draw(damaged_bytes(path.read_bytes()))
    path.write_bytes(data)
    try:
        _, entries = store.read_journal(tmp_path)
    except BadInput as refused:
        said = str(refused)
        entries = None
    if entries is None:
        assert str(path) in said
        assert "\n" not in said
        return
    lines = [json.loads(line) for line in data.split(b"\n")[:-1] if line]
    assert len(entries) == len(lines) - 1
    for line, entry in zip(lines[1:], entries, strict=True):
        assert KINDS[line["kind"]] is type(entry)
        assert holds(msgspec.to_builtins(entry), line["entry"])


def test_a_field_that_this_version_does_not_know_is_not_read_over(tmp_path: Path) -> None:
    value = json.loads(RECORD)
    value["run"]["plan"]["shards"] = 3
    (tmp_path / "record.json").write_text(json.dumps(value))
    with pytest.raises(BadInput, match="holds 'shards', unknown to this loopcmp: read it with a newer one"):
        store.read_record(tmp_path)
