"""Journals and records on disk: the only writer under results/, and it never loses what was measured."""

from harness.records.store.audits import audits
from harness.records.store.compression import (
    compress_journal,
    compress_record,
    record_path,
    remove_plain_journal,
)
from harness.records.store.files import (
    COMPRESSED_JOURNAL,
    COMPRESSED_RECORD,
    JOURNAL,
    RECORD,
    resume_command,
    write_file,
)
from harness.records.store.folders import (
    LOCAL,
    PAGE,
    is_concluded,
    new_folder,
    published,
    safe_name,
    unfinished,
)
from harness.records.store.journal import (
    Journal,
    decode_entry,
    encode_entry,
    mend_journal,
    open_journal,
    read_journal,
    resume,
)
from harness.records.store.pyperf_files import write_timings
from harness.records.store.record_file import decode_record, encode_record, read_record, write_record

__all__ = [
    "COMPRESSED_JOURNAL",
    "COMPRESSED_RECORD",
    "JOURNAL",
    "LOCAL",
    "PAGE",
    "RECORD",
    "Journal",
    "audits",
    "compress_journal",
    "compress_record",
    "decode_entry",
    "decode_record",
    "encode_entry",
    "encode_record",
    "is_concluded",
    "mend_journal",
    "new_folder",
    "open_journal",
    "published",
    "read_journal",
    "read_record",
    "record_path",
    "remove_plain_journal",
    "resume",
    "resume_command",
    "safe_name",
    "unfinished",
    "write_file",
    "write_record",
    "write_timings",
]
