"""Files of other programs, and those beside a record: each is answered with what reads it."""

import gzip
from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.records.store import read_record

PYPERF = '{"version": "1.0", "benchmarks": [{"runs": []}]}'
PYTEST_BENCHMARK = '{"machine_info": {}, "commit_info": {}, "version": "5.1.0", "benchmarks": []}'
HYPERFINE = '{"results": [{"command": "sleep 1", "mean": 1.0}]}'


@pytest.mark.parametrize(
    ("name", "text", "answer"),
    [
        ("a.json", PYPERF, "{file} is of pyperf: python -m pyperf show {file} reads it"),
        ("a.json", PYTEST_BENCHMARK, "is of pytest-benchmark: pytest-benchmark compare {file} reads it"),
        ("a.json", HYPERFINE, "is of hyperfine: a script of its own, such as plot_whisker.py"),
        ("timings/a.json", PYPERF, "timings of one backend of a record: loopcmp report {folder} reads it"),
        ("timings/a.json.gz", PYPERF, "timings of one backend of a record: loopcmp report {folder} reads it"),
        ("report.md", "# Report", "{file} is beside a record: loopcmp report {folder} reads it"),
        ("journal.jsonl", "{}", "{file} is beside a record: loopcmp report {folder} reads it"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_record_is_answered_with_what_reads_it(
    tmp_path: Path, name: str, text: str, answer: str
) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(gzip.compress(text.encode()) if file.suffix == ".gz" else text.encode())
    with pytest.raises(BadInput) as caught:
        read_record(file)
    told = answer.format(file=file, folder=tmp_path)
    assert told in str(caught.value)
    assert str(caught.value).endswith("reads it; loopcmp reads record.json, or the folder of a run")


@pytest.mark.parametrize("text", ['{"benchmarks": {}}', '{"results": []}', "[]", "text"])
def test_what_is_of_no_known_program_is_no_record_either(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(BadInput, match="is no record of loopcmp"):
        read_record(tmp_path / "a.json")
