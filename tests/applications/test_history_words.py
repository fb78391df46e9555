"""Values of the register's history as a reader would say them."""

from __future__ import annotations

from applications.queries.people import field_words


def test_an_invitation_ends_at_the_readers_own_time() -> None:
    assert field_words("expires_at", "2026-12-01T22:30:00+00:00") == "2026-12-02 06:30"
