"""Text as it is kept. What no page shows and no workbook or database takes never gets in, and never gets out."""

from __future__ import annotations

import re
from typing import Any, Final

# Word's soft line break arrives as a vertical tab, its page break as a form feed.
_BREAKS: Final = re.compile("[\x0b\x0c]")
# The other control characters but tab, line feed and carriage return; half a surrogate pair, which only JSON can
# carry; and the two code points that XML forbids.
_CONTROL: Final = "\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff"
# Soft hyphens, direction marks and overrides, joiners, tags: a text that holds them reads otherwise than it is stored.
# A receipt must show the name that was typed, and two names that look alike must be alike.
_INVISIBLE: Final = (
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
)
_UNSEEN: Final = re.compile(f"[{_CONTROL}{_INVISIBLE}]")


def plain(text: str) -> str:
    """`text` with soft breaks as line breaks, and without control or invisible characters."""
    return _UNSEEN.sub("", _BREAKS.sub("\n", text))


def plain_throughout(sent: Any) -> Any:
    """What JSON holds, each text of it `plain`, also the names."""
    if isinstance(sent, str):
        return plain(sent)
    if isinstance(sent, list):
        return [plain_throughout(one) for one in sent]
    if isinstance(sent, dict):
        return {plain(name): plain_throughout(value) for name, value in sent.items()}
    return sent
