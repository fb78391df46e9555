"""One way to write a value as bytes, and one way to digest those bytes (SM3, GB/T 32905)."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID


def canonical_json(obj: object) -> bytes:
    """Return `obj` as canonical JSON in UTF-8: keys sorted, no spaces, nothing escaped that need not be.

    Decimals become plain strings ("600.00" stays "600.00"), dates and times ISO 8601, UUIDs their text.
    Raises TypeError for a float (two machines may print it differently) or any other unknown type,
    and ValueError for a Decimal that is not finite or a text that is no valid Unicode.
    """
    text = json.dumps(_plain(obj), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def sm3_hex(data: bytes) -> str:
    """Return the SM3 digest of `data` as 64 lower-case hexadecimal digits."""
    try:
        return hashlib.new("sm3", data).hexdigest()
    except ValueError:  # an OpenSSL built without SM3
        from cryptography.hazmat.primitives import hashes

        digest = hashes.Hash(hashes.SM3())
        digest.update(data)
        return digest.finalize().hex()


def _plain(obj: object) -> object:
    if obj is None or isinstance(obj, bool | int | str):
        return obj
    if isinstance(obj, Decimal):
        if not obj.is_finite():
            raise ValueError("a number that is not finite has no canonical form")
        return format(obj, "f")
    if isinstance(obj, datetime | date | time):
        return obj.isoformat()
    if isinstance(obj, UUID):
        return str(obj)
    if isinstance(obj, Mapping):
        for key in obj:
            if not isinstance(key, str):
                raise TypeError(f"a key must be text, not {type(key).__name__}")
        return {key: _plain(value) for key, value in obj.items()}
    if isinstance(obj, list | tuple):
        return [_plain(value) for value in obj]
    raise TypeError(f"{type(obj).__name__} has no canonical form")
