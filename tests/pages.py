"""What a page says, for tests of what it doesn't."""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpResponse

TOKEN: Final = re.compile(r'(name="csrfmiddlewaretoken" value="|X-CSRFToken": ")[A-Za-z0-9]+')


def words_of(answer: HttpResponse) -> str:
    """The page without the tokens against forged requests: random letters and digits, in which any number may stand."""
    return TOKEN.sub(r"\1", answer.content.decode())
