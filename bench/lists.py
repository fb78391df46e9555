"""Measures every long list of the portal at 100,000 rows, its first and its last page, and its search.

    DATABASE_URL=postgres://…/bench_lists python -m bench.lists [--rows 100000] [--reviewers 2000] [--keep] [--only WORD]

Makes the database as `bench.reviewing` does (its name begins with "bench_"): one cycle with that many applications,
each with a recommendation, an honour, a prize and a notice; as many letters in one inbox and entries in the ledger.
Asks each page through Django's handler in this process; PostgreSQL works without parallel helpers, so that the
processor time of its one backend is all that a page costs it. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta
from urllib.parse import quote

from bench import reviewing  # sets Django up

# isort: split

from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.models import User
from accounts.services import grant_role
from applications.models import Application, Recommendation, Recommender
from audit.models import Entry, Seal
from audit.services import seal_pending
from bench import rows
from bench.probe import Page, Took, inside
from ground import clock
from notifications.models import InboxItem
from publicity.models import Honour, Notice, NoticeEntry, Payment
from scoring.models import Reviewer

TIMES = 10
NAME, CODE = quote("样例777"), "park-07"


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--rows", type=int, default=100_000)
    given.add_argument("--reviewers", type=int, default=2_000)
    given.add_argument("--keep", action="store_true")
    given.add_argument("--only", default="")
    asked = given.parse_args()
    reviewing.own_database_only()
    if not asked.keep:
        reviewing.make_database()
        call_command("migrate", verbosity=0)
        build(asked.rows, asked.reviewers)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    connection.settings_dict["CONN_MAX_AGE"] = None
    connection.settings_dict["OPTIONS"]["options"] = "-c max_parallel_workers_per_gather=0"
    measured = []
    for page in pages_of(rows.find(), asked.rows, asked.reviewers):
        if asked.only in page.name:
            measured.append((page, inside(page)))
            print(*measured[-1], file=sys.stderr, flush=True)
    print(table(measured, asked.rows))


# ---- rows ----
def build(number: int, reviewers: int) -> None:
    """One row of each kind by its model, the others by PostgreSQL."""
    bench = rows.build(number, reviews=False)
    _pool(bench.reviewer, reviewers)
    first = bench.material.applications.order_by("pk")[0]
    Application.objects.filter(cycle=bench.material).update(state="submitted")
    supervisor = rows.person("supervisor", "supervisor")
    grant_role(
        user=bench.head, role="finance", scope_key="park", scope_label="park", actor=SYSTEM, now=clock.now()
    )
    _recommended(first, number)
    _honoured(bench, first, number)
    _letters(supervisor, number)
    _ledger(number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _recommended(first: Application, number: int) -> None:
    """All wait for the same body; to as many others it has said no."""
    body = Recommender.objects.create(name="样例功能区", kind=Recommender.Kind.ZONE)
    reader = rows.person("recommender", f"recommender:{body.pk}")
    Application.objects.filter(cycle=first.cycle).update(recommender=body)
    for state in ("waiting", "declined"):
        one = Recommendation.objects.create(
            application=first,
            recommender=body,
            state=state,
            asked_at=first.created_at,
            answered_at=None if state == "waiting" else first.created_at,
            signed_by=None if state == "waiting" else reader,
        )
        rows.copies(
            one,
            number - 1,
            application_id=f"{first.pk} + g",
            asked_at=_moment(first.created_at),
            **({} if state == "waiting" else {"answered_at": _moment(first.created_at)}),
        )


def _honoured(bench: rows.Bench, first: Application, number: int) -> None:
    """A notice, a title and a prize for every application."""
    now, cycle = clock.now(), bench.material
    notice = Notice.objects.create(
        kind="announcement", scheme=cycle.scheme, cycle=cycle, state="issued", title="关于公布第 0 批名单的公告", body="正文。",
        drafted_by=bench.head, drafted_at=now, published_by=bench.head, published_at=now,
    )  # fmt: skip
    rows.copies(notice, number - 1, title="'关于公布第 ' || g || ' 批名单的公告'", published_at=_moment(now))
    entry = NoticeEntry.objects.create(
        notice=notice, application=first, organisation=first.organisation, name=first.filed_name
    )
    of = {
        "application_id": f"{first.pk} + g",
        "organisation_id": f"{first.organisation_id} + g",
        "name": "'苏州样例' || g || '精密制造有限公司'",
    }
    rows.copies(entry, number - 1, notice_id=f"{notice.pk} + g", **of)
    day = date(2024, 1, 1)
    honour = Honour.objects.create(
        organisation=first.organisation, name=first.filed_name, scheme=cycle.scheme, cycle=cycle, application=first,
        notice=notice,
        tier="quality", certificate_number="证书-0", check_code="0" * 32, awarded_on=day,
        valid_until=day + timedelta(days=1096),
    )  # fmt: skip
    awarded = f"date '{day}' - g / 100"
    rows.copies(
        honour, number - 1, certificate_number="'证书-' || g", check_code="lpad(g::text, 32, '0')",
        notice_id=f"{notice.pk} + g", awarded_on=awarded, valid_until=f"{awarded} + 1096", **of,
    )  # fmt: skip
    prize = Payment.objects.create(honour=honour, amount=500_000, article="第三十四条", ordered_at=now)
    rows.copies(prize, number - 1, honour_id=f"{honour.pk} + g", ordered_at=_moment(now))


def _letters(reader: User, number: int) -> None:
    letter = InboxItem.objects.create(
        user=reader, key="letter-0", kind="sample", subject="第 0 封信", body="正文。", created_at=clock.now()
    )
    rows.copies(
        letter,
        number - 1,
        key="'letter-' || g",
        subject="'第 ' || g || ' 封信'",
        created_at=_moment(clock.now()),
    )


def _ledger(number: int) -> None:
    """Copies of one sealed entry: for reading, not for `verify_ledger`."""
    seal_pending(clock.now())
    entry, seal = Entry.objects.order_by("pk").last(), Seal.objects.order_by("pk").last()
    assert entry is not None
    assert seal is not None
    rows.copies(entry, number, at=_moment(entry.at), subject_label="'苏州样例' || g || '精密制造有限公司'")
    rows.copies(seal, number, entry_id=f"{entry.pk} + g")


def _pool(user: User, number: int) -> None:
    rows.copies(user, number - 1, username="'reviewer' || g", name="'评审员' || g")
    first = User.objects.get(username="reviewer1").pk
    pooled = Reviewer.objects.create(
        user=user, kind="reviewer", employer="示例评价中心", industries="CI", qualification="评审员"
    )
    rows.copies(
        pooled, number - 1, user_id=f"{first} + g - 1", employer="'示例评价中心' || g / 2",
        kind="(array['reviewer', 'expert'])[1 + g % 2]",
    )  # fmt: skip


def _moment(until: object) -> str:
    """A minute for each row, backwards from `until`."""
    return f"timestamptz '{until}' - g * interval '1 minute'"


# ---- pages ----
def pages_of(bench: rows.Bench, number: int, reviewers: int) -> list[Page]:
    head = reviewing.browser(bench.head)
    supervisor, recommender = (
        reviewing.browser(User.objects.get(username=name)) for name in ("supervisor", "recommender")
    )
    office = reverse("applications:office_list", args=[bench.material.pk])
    pool = reverse("scoring:reviewers")
    asked = (
        ("office list", office, head, number, {"by name": "sort=name"}, {"a name": f"q={NAME}", "a number": f"q={CODE}"}),
        ("ledger", reverse("accounts:ledger"), supervisor, number // 2, {}, {"words": f"q={NAME}"}),
        ("notices", reverse("publicity:notices"), supervisor, number, {}, {"words": f"words={NAME}"}),
        ("honours", reverse("publicity:honours"), head, number, {}, {"words": f"words={NAME}"}),
        ("payments", reverse("publicity:payments"), head, number, {"by organisation": "sort=organisation"},
         {"words": f"words={NAME}"}),
        ("inbox", reverse("notifications:inbox"), supervisor, number, {"unread": "unread=1"}, {}),
        ("recommender's queue", reverse("applications:recommendations"), recommender, number, {}, {}),
        ("reviewer pool", pool, head, reviewers, {"by load": "sort=load"}, {"words": f"q={quote('评审员17')}"}),
    )  # fmt: skip
    pages = []
    for name, address, client, total, orders, searches in asked:
        for order, query in {"": "", **orders}.items():
            called = f"{name}, {order}" if order else name
            pages.append(Page(f"{called}, first page", f"{address}?{query}", client, TIMES))
            for where, page in (("middle", total // 50), ("last", -(-total // 25))):
                pages.append(Page(f"{called}, {where} page", f"{address}?{query}&page={page}", client, TIMES))
        for what, query in searches.items():
            pages.append(Page(f"{name}, search of {what}", f"{address}?{query}", client, TIMES))
    return pages


def table(measured: list[tuple[Page, Took]], number: int) -> str:
    lines = [
        f"{number:,} rows. {reviewing.machine()} Handler in process, {TIMES} requests each.",
        "",
        "| page | SQL | p50 / p95 ms | CPU web ms | CPU database ms |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {page.name} | {took.queries} | {took.p50:.1f} / {took.p95:.1f} | {took.web:.1f} | {took.database:.1f} |"
        for page, took in measured
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
