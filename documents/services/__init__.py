"""Keeping files and giving them out; numbering official documents."""

from documents.services.files import file_response, read_file, store_bytes, store_file
from documents.services.numbers import next_number

__all__ = ["file_response", "next_number", "read_file", "store_bytes", "store_file"]
