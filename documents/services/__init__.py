"""Keeping files and giving them out; uploads in pieces; the virus scanner; numbering official documents."""

from documents.services.files import (
    file_response,
    preview_response,
    read_file,
    refuse_unsafe,
    store_bytes,
    store_file,
)
from documents.services.numbers import next_number
from documents.services.previews import sweep_previews
from documents.services.receiving import Upload, receive_upload
from documents.services.scanning import sweep_scans
from documents.services.uploads import append_chunk, begin_upload, cancel_upload, sweep_uploads, take_upload

__all__ = [
    "Upload",
    "append_chunk",
    "begin_upload",
    "cancel_upload",
    "file_response",
    "next_number",
    "preview_response",
    "read_file",
    "receive_upload",
    "refuse_unsafe",
    "store_bytes",
    "store_file",
    "sweep_previews",
    "sweep_scans",
    "sweep_uploads",
    "take_upload",
]
