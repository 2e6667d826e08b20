"""A run's record on disk."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import BadInput
from harness.protocol.benchmarks import Benchmark
from harness.records.record import BenchmarkResult, Record
from harness.records.store import version_1
from harness.records.store.compression import record_path
from harness.records.store.decoding import Versioned, check_keys, check_version, decode, read_bytes
from harness.records.store.earlier_passes import move_passes
from harness.records.store.files import JOURNAL, RECORD, resume_command, write_file
from harness.records.store.foreign_files import what_else


class _Headed(msgspec.Struct):
    """What tells a record's version: `begun` is what version 1 called its run."""

    run: Versioned | None = None
    begun: Versioned | None = None


def write_record(folder: Path, record: Record) -> Path:
    """Write record.json whole or not at all; return its path."""
    return write_file(folder / RECORD, encode_record(record) + b"\n")


def encode_record(record: Record) -> bytes:
    """Return a record as it stands in record.json: a result names its benchmark, which the plan holds.

    A benchmark that is another than the plan's, as no run has, stands whole.
    """
    document = msgspec.to_builtins(record)
    planned = {benchmark.id: benchmark for benchmark in record.run.plan.benchmarks}
    _name_benchmarks(record.results, document["results"], planned)
    return msgspec.json.encode(document)


def _name_benchmarks(
    results: Iterable[BenchmarkResult], documents: Iterable[Any], planned: Mapping[str, Benchmark]
) -> None:
    """Put ids in the places of planned benchmarks, in results and in those of further hosts."""
    for result, stored in zip(results, documents, strict=True):
        _name_benchmarks(result.also_on, stored["also_on"], planned)
        if planned.get(result.benchmark.id) == result.benchmark:
            stored["benchmark"] = result.benchmark.id


def read_record(path: Path) -> Record:
    """Return a record, from its file or the folder that holds it. Raises BadInput, saying where and why."""
    file = record_path(path) if path.is_dir() else path
    if path.is_dir() and not file.exists() and (path / JOURNAL).exists():
        raise BadInput(f"{path} is an unfinished run: {resume_command(path)} finishes it")
    return decode_record(read_bytes(file), str(file))


def decode_record(data: bytes, place: str) -> Record:
    """Return the record that stands in a record.json, of this version or the one before. Raises BadInput."""
    headed = _headed(data, place)
    check_keys(data, place)
    if headed.begun is not None and headed.begun.version == version_1.VERSION:
        return decode(_as_now(version_1.upgrade_record(data, place)), Record, place)
    check_version(headed.run or headed.begun, place)
    return decode(_as_now(data), Record, place)


def _headed(data: bytes, place: str) -> _Headed:
    """Read what tells a record's version. Raises BadInput; for another program's file with what reads it."""
    with suppress(BadInput):
        headed = decode(data, _Headed, place)
        if headed.run or headed.begun:
            return headed
    if (foreign := what_else(data, place)) is not None:
        raise BadInput(f"{foreign} reads it; loopcmp reads record.json, or the folder of a run")
    return decode(data, _Headed, place)


def _as_now(data: bytes) -> bytes:
    """Put the planned benchmarks in the places of their ids, and what passes said under their names.

    Data of another shape is left to decoding, which refuses it, as it does a benchmark that is not planned.
    """
    with suppress(LookupError, TypeError, AttributeError, ValueError, RecursionError, msgspec.MsgspecError):
        document = msgspec.json.decode(data)
        planned = {_id_of(benchmark): benchmark for benchmark in document["run"]["plan"]["benchmarks"]}
        for result in document["results"]:
            for of_host in (result, *result.get("also_on", ())):
                if isinstance(of_host["benchmark"], str):
                    of_host["benchmark"] = planned[of_host["benchmark"]]
                move_passes(of_host)
        return msgspec.json.encode(document)
    return data


def _id_of(benchmark: object) -> str:
    return msgspec.convert(benchmark, Benchmark).id
