"""What a test looks at beside the page itself: the rows in the database and the queries that a page takes."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

PREFIXES = ("accounts_", "applications_", "audit_entry", "documents_storedfile", "notifications_")
MOST = 15


def everything(*apart: str) -> str:
    """A digest of all rows that a form could change, sessions, the access log and the tables `apart` left out."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name.startswith(PREFIXES)]
        found = []
        for table in sorted(set(tables).difference(apart)):
            cursor.execute(
                f'SELECT coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), $$$$) FROM "{table}" t'
            )
            found.append(cursor.fetchone()[0])
    return "|".join(found)


def count(client: Client, address: str) -> int:
    """The queries that a page which is shown takes."""
    with CaptureQueriesContext(connection) as taken:
        assert client.get(address).status_code == 200
    return len(taken)
