"""Does one job on a host, in a process of ours that was forked for it, and says what is to be replied."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from harness.cluster.digests import FilesChanged, check_files
from harness.cluster.jobs import Job, TravellingFiles, decode_job
from harness.cluster.replies import encode_entries, encode_refusal
from harness.errors import LoopcmpError
from harness.records.entries import Entry
from harness.runner.joining import describe_host
from harness.runner.measuring import measure_unit
from harness.runner.state import RunState
from harness.runner.units import Unit


def reply_to(job: bytes, words: Sequence[str]) -> bytes:
    """Return the reply to a job, done on the CPUs that the words name; what goes wrong is a reply too."""
    try:
        _pin(words)
        return _do(decode_job(job))
    except FilesChanged as error:
        return encode_refusal(str(error), of_run=True)
    except LoopcmpError as error:
        return encode_refusal(str(error))
    except Exception as error:  # noqa: BLE001 - the submitter is told, whatever it is
        return encode_refusal(f"loopcmp itself failed there: {type(error).__name__}: {error}")


def _pin(words: Sequence[str]) -> None:
    """Keep the job to its CPUs; workers are pinned among them."""
    if words and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {int(cpu) for cpu in words[0].split(",")})


def _do(job: Job) -> bytes:
    with tempfile.TemporaryDirectory(prefix="loopcmp-job-") as folder:
        if job.files:
            os.chdir(folder)
        _write(job.files)
        return encode_entries(tuple(_entries(job)))


def _write(files: TravellingFiles) -> None:
    for name, content in files:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _entries(job: Job) -> Iterator[Entry]:
    if not job.benchmarks:
        yield describe_host(job.run)
        return
    state = RunState(replace(job.run, benchmarks=job.benchmarks))
    for name in job.benchmarks:
        check_files(state.of(name).benchmark)
    with closing(measure_unit(state, Unit(job.benchmarks))) as entries:
        for entry in entries:
            state.add(entry)
            yield entry
