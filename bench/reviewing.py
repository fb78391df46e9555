"""Measures the pages of the review on 10,000 applications × 3 sheets × 23 items.

    DATABASE_URL=postgres://…/bench_reviewing python -m bench.reviewing [--applications 10000] [--keep]

Makes the database (it must not exist, or be one of its own: its name begins with "bench_"), fills it as
`bench.rows` says, asks each page in this process and of gunicorn, and prints a table in Markdown. `--keep`: use what an earlier
run left.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from functools import partial
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
os.environ.setdefault("SECRET_KEY", "for measurements only, in a database of its own")

import django

django.setup()

import psycopg2  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from bench import rows  # noqa: E402
from bench.probe import Page, Took, gunicorn, inside, outside  # noqa: E402
from scoring.models import Sheet  # noqa: E402

ITEMS = ("4.1.2", "4.1.3", "4.1.4")


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--applications", type=int, default=10_000)
    given.add_argument("--keep", action="store_true")
    asked = given.parse_args()
    own_database_only()
    if asked.keep:
        bench = rows.find()
    else:
        make_database()
        call_command("migrate", verbosity=0)
        bench = rows.build(asked.applications)
    connection.settings_dict["CONN_MAX_AGE"] = None
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    measured = []
    with gunicorn() as server:
        for page in pages_of(bench):
            with page.during():
                measured.append((page, inside(page), outside(page, server)))
            print(*measured[-1], file=sys.stderr, flush=True)
    print(table(measured, asked.applications))


def own_database_only() -> None:
    if not settings.DATABASES["default"]["NAME"].startswith("bench_"):
        raise SystemExit('DATABASE_URL must name a database that begins with "bench_".')


def make_database() -> None:
    made = connection.get_connection_params()
    name = made.pop("dbname", None) or made.pop("database")
    for key in ("cursor_factory", "client_encoding"):
        made.pop(key, None)
    line = psycopg2.connect(**made, dbname="postgres")
    line.autocommit = True
    with line.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    line.close()


def browser(user: Any) -> Client:
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def pages_of(bench: rows.Bench) -> list[Page]:
    head, reviewer = browser(bench.head), browser(bench.reviewer)
    sheet = Sheet.objects.filter(reviewer__user=bench.reviewer, state="draft").order_by("pk")[0]

    def saved(number: int) -> dict[str, Any]:
        sheet.refresh_from_db(fields=["revision"])
        return {
            "version": sheet.revision,
            "field": f"strengths-{ITEMS[number % len(ITEMS)]}",
            "value": f"方法成系统，三年数据齐全。{number}",
        }

    return [
        Page("open a sheet (23 items)", reverse("scoring:sheet", args=[sheet.pk]), reviewer),
        Page("save one item", reverse("scoring:save_field", args=[sheet.pk]), reviewer, 300, body=saved),
        Page(
            "ranking, 1,000 rows",
            reverse("scoring:ranking", args=[bench.ranked.pk]),
            head,
            50,
            rows=rows.RANKED,
        ),
        Page("reviewer's desk (100 sheets)", reverse("scoring:desk"), reviewer, 30, rows=100),
        Page("panels", reverse("scoring:panels", args=[bench.material.pk]), head, 10),
        Page(
            f"export of all scores ({rows.sealed_items(bench):,} rows)",
            reverse("scoring:export_scores", args=[bench.material.pk]),
            head,
            2,
            during=partial(rows.wholly_sealed, bench),
        ),
    ]


def table(measured: list[tuple[Page, Took, Took]], applications: int) -> str:
    heads = (
        "page", "SQL", "handler p50 / p95 ms", "CPU web + database ms", "CPU a row ms", "gunicorn p50 / p95 ms",
        "gunicorn CPU ms", "memory above rest MB", "answer kB",
    )  # fmt: skip
    lines = [
        f"{applications:,} applications. {machine()} Gunicorn with 2 workers of 4 threads, one client.",
        "",
        "| " + " | ".join(heads) + " |",
        "|" + "---|" * len(heads),
    ]
    for page, own, served in measured:
        a_row = f"{(own.web + own.database) / page.rows:.3f}" if page.rows else ""
        cells = (
            page.name, str(own.queries), f"{own.p50:.1f} / {own.p95:.1f}", f"{own.web:.1f} + {own.database:.1f}", a_row,
            f"{served.p50:.1f} / {served.p95:.1f}", f"{served.web:.1f}", f"{served.peak:.0f}", f"{served.size / 1000:,.0f}",
        )  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def machine() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    with open("/proc/cpuinfo") as file:
        model = next(
            (line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine()
        )
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({model}), Python {sys.version.split()[0]}, Django {django.get_version()},"
        f" PostgreSQL {postgres}; load at the end {load}."
    )


if __name__ == "__main__":
    main()
