"""Ten thousand applications under review, and a year of a thousand to rank, written straight into the tables.

Not through the services: a year of this size would take hours of sealing and signing, and what is measured is how the
pages read it. One row of each kind is made by the models; PostgreSQL multiplies it. The demo (`demo/`) is the world
that goes through the services. Only for a database of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Model
from pypdf import PdfWriter

from accounts.actors import SYSTEM
from accounts.models import User
from accounts.services import create_user, grant_role
from applications.models import Application, Organisation
from awards.models import Cycle, Milestone
from awards.services import open_cycle, sync_law
from documents.services import store_file
from ground import clock
from scoring import services
from scoring.models import (
    ConfidentialityPledge,
    Consolidation,
    Panel,
    PanelMember,
    RecusalDeclaration,
    Reviewer,
    Sheet,
    SheetItem,
    Stage,
)
from scoring.queries.score_forms import score_form

SEATS, APPLICATIONS_A_PANEL, OPEN = 3, 100, 20
RANKED = 1000


@dataclass(frozen=True)
class Bench:
    """Who looks at what: the head of the office, a reviewer with open sheets, the two cycles."""

    head: User
    reviewer: User
    material: Cycle
    ranked: Cycle


def build(applications: int, *, reviews: bool = True) -> Bench:
    """`applications` in material review, each with three sheets of all items; `reviews` False: the applications alone."""
    now = clock.now()
    sync_law(now=now)
    head = person("head", "office_head:park")
    material, ranked = (_cycle(head, now.year - back, now) for back in (0, 1))
    one = _application(material, head, now)
    copies(
        one.organisation,
        applications + RANKED,
        uscc="'91320594MA' || lpad(g::text, 8, '0')",
        name="'苏州样例' || g || '精密制造有限公司'",
    )
    first = one.organisation_id
    copies(one, applications, number="'park-' || lpad(g::text, 6, '0')", organisation_id=f"{first} + g")
    reviewer = _reviews(one, applications, now) if reviews else person("reviewer", "reviewer")
    _to_rank(one, applications, ranked, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    if reviews:
        services.freeze_ranking(cycle=ranked, actor=head, now=now)
    Cycle.objects.filter(pk=material.pk).update(state="material")
    return Bench(head, reviewer, Cycle.objects.get(pk=material.pk), Cycle.objects.get(pk=ranked.pk))


def find() -> Bench:
    """What an earlier `build` left."""
    cycles = Cycle.objects.order_by("-year")
    return Bench(
        User.objects.get(username="head"), User.objects.get(username="reviewer"), cycles[0], cycles[1]
    )


@contextmanager
def wholly_sealed(bench: Bench) -> Iterator[None]:
    """While the few open files are withdrawn, the stage counts as sealed; what is left of it can be exported."""
    open_files = Application.objects.filter(
        pk__in=Sheet.objects.filter(application__cycle=bench.material, state="draft").values("application")
    )
    keys = list(open_files.values_list("pk", flat=True))
    Application.objects.filter(pk__in=keys).update(state="withdrawn")
    try:
        yield
    finally:
        Application.objects.filter(pk__in=keys).update(state="accepted")


def sealed_items(bench: Bench) -> int:
    """The rows that the export of all scores then has."""
    return SheetItem.objects.filter(sheet__panel__cycle=bench.material, sheet__state="sealed").count()


def person(username: str, grant: str) -> User:
    role, _, key = grant.partition(":")
    user = create_user(
        username=username, name=f"示例{username}", password="", actor=SYSTEM, now=clock.now(), demo=True
    )
    grant_role(user=user, role=role, scope_key=key, scope_label=key, actor=SYSTEM, now=clock.now())
    return user


def _cycle(head: User, year: int, now: datetime) -> Cycle:
    cycle = open_cycle(scheme_code="park", edition_code="park-2023", year=year, actor=head, now=now)
    Milestone.objects.create(cycle=cycle, kind="material", starts_at=now, due_at=now + timedelta(days=30))
    Cycle.objects.filter(pk=cycle.pk).update(state="site")
    return Cycle.objects.get(pk=cycle.pk)


def _application(cycle: Cycle, user: User, now: datetime) -> Application:
    organisation = Organisation.objects.create(
        uscc="91320594MA99999999", name="苏州样例精密制造有限公司", kind="enterprise", region="sip", industry="C",
        category="industry", address="苏州工业园区示例路 1 号", established_on=date(2010, 1, 1),
        legal_representative="王示例", employees=300, contact_name="李示例", contact_phone="0512-60000000", created_at=now,
    )  # fmt: skip
    upload = SimpleUploadedFile("自评报告.pdf", _pdf(), content_type="application/pdf")
    return Application.objects.create(
        cycle=cycle, organisation=organisation, state="accepted", number="park-000000", category="industry",
        profile_text="组织概述。", report=store_file(upload, actor=user, now=now), report_name="自评报告.pdf", created_by=user,
        created_at=now, submitted_at=now,
    )  # fmt: skip


def _pdf() -> bytes:
    writer, content = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(content)
    return content.getvalue()


def _reviews(one: Application, applications: int, now: datetime) -> User:
    """Panels of three for a hundred applications each; all sheets sealed and reports signed but the last panel's."""
    panels = -(-applications // APPLICATIONS_A_PANEL)
    user = person("reviewer", "reviewer")
    copies(user, panels * SEATS - 1, username="'reviewer' || g", name="'评审员' || g")
    copies(user.role_grants.get(), panels * SEATS - 1, user_id=f"{user.pk} + g")
    pooled = Reviewer.objects.create(
        user=user, kind="reviewer", employer="示例评价中心", industries="CI", qualification="评审员"
    )
    copies(
        pooled, panels * SEATS - 1, user_id=f"{user.pk} + g", kind="(array['reviewer', 'expert'])[1 + g % 2]"
    )
    pledge = ConfidentialityPledge.objects.create(reviewer=pooled, cycle=one.cycle, accepted_at=now)
    copies(pledge, panels * SEATS - 1, reviewer_id=f"{pooled.pk} + g")
    panel = Panel.objects.create(
        cycle=one.cycle, kind="material", name="第 0 组", state="working", created_at=now
    )
    copies(panel, panels - 1, name="'第 ' || g || ' 组'")
    seat = PanelMember.objects.create(panel=panel, reviewer=pooled, lead=True)
    copies(
        seat, panels * SEATS - 1, panel_id=f"{panel.pk} + g / {SEATS}", reviewer_id=f"{pooled.pk} + g",
        lead=f"g % {SEATS} = 0", industry_expert=f"g % {SEATS} = 1",
    )  # fmt: skip
    link = Panel.applications.through.objects.create(panel=panel, application=one)
    by_panel = f"{panel.pk} + g / {APPLICATIONS_A_PANEL}"
    copies(link, applications - 1, panel_id=by_panel, application_id=f"{one.pk} + g")
    # g counts sheets: application g / SEATS, its panel's seat g % SEATS.
    of = {
        "application_id": f"{one.pk} + g / {SEATS}",
        "reviewer_id": f"{pooled.pk} + g / {SEATS} / {APPLICATIONS_A_PANEL} * {SEATS} + g % {SEATS}",
    }
    sheets = applications * SEATS - 1
    copies(
        RecusalDeclaration.objects.create(reviewer=pooled, application=one, conflict=False, declared_at=now),
        sheets,
        **of,
    )
    sheet = Sheet.objects.create(
        application=one,
        panel=panel,
        reviewer=pooled,
        stage=Stage.MATERIAL,
        overall="总体较好。",
        opened_at=now,
        saved_at=now,
    )
    copies(sheet, sheets, panel_id=f"{panel.pk} + g / {SEATS * APPLICATIONS_A_PANEL}", **of)
    _items(sheet, applications * SEATS)
    report = Consolidation.objects.create(panel=panel, application=one, stage=Stage.MATERIAL)
    copies(report, applications - 1, panel_id=by_panel, application_id=f"{one.pk} + g")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scoring_sheet SET state = 'sealed', total = 400 + id %% 400 + 0.25, digest = repeat('0', 64),"
            " sealed_at = %s WHERE application_id >= %s",
            [now, one.pk + OPEN],
        )
        cursor.execute(
            "UPDATE scoring_consolidation SET state = 'signed', score = 400 + id %% 400 + 0.5, method = 'consensus',"
            " digest = repeat('0', 64), signed_at = %s WHERE application_id >= %s",
            [now, one.pk + OPEN],
        )
    return user


def _items(sheet: Sheet, sheets: int) -> None:
    codes = score_form(sheet.application.cycle, sheet.stage).codes
    rows = SheetItem.objects.bulk_create(
        SheetItem(
            sheet=sheet,
            item=code,
            percent=60,
            strengths="方法成系统，三年数据齐全。",
            opportunities="对标还可以扩大到关键供方。",
        )
        for code in codes
    )
    for place, row in enumerate(rows):
        copies(
            row,
            sheets - 1,
            id=f"{row.pk} + g * {len(rows)}",
            sheet_id=f"{sheet.pk} + g",
            percent=f"(g + {place}) % 15 * 5 + 20",
        )


def _to_rank(one: Application, applications: int, cycle: Cycle, now: datetime) -> None:
    """A year of a thousand shortlisted applications with their three reports signed."""
    panel = Panel.objects.create(cycle=cycle, kind="site", name="第一组", state="working", created_at=now)
    first = Application.objects.create(
        cycle=cycle, organisation_id=one.organisation_id + applications + 1, state="shortlisted", number="park-000000",
        category="industry", created_by=one.created_by, created_at=now, submitted_at=now,
    )  # fmt: skip
    copies(
        first,
        RANKED - 1,
        number="'park-' || lpad(g::text, 6, '0')",
        organisation_id=f"{first.organisation_id} + g",
    )
    for place, stage in enumerate(Stage.values):
        report = Consolidation.objects.create(
            panel=panel, application=first, stage=stage, state="signed", score=Decimal("700.25"), method="consensus",
            digest="0" * 64, signed_at=now,
        )  # fmt: skip
        copies(
            report,
            RANKED - 1,
            application_id=f"{first.pk} + g",
            score=f"200 + (g * {7 + place} %% 600) + 0.25",
        )


def copies(row: Model, times: int, /, **different: str) -> None:
    """Write `times` copies of `row`; `different`: column → SQL of g, which counts from 1."""
    table, key = row._meta.db_table, row._meta.pk.column
    columns = {key: f"{row.pk} + g", **different}
    changes = ", ".join(
        f"'{name}', {sql.replace('%%', '%').replace('%', '%%')}" for name, sql in columns.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} SELECT made.* FROM {table} given, generate_series(1, %s) g,"
            f" LATERAL jsonb_populate_record(given, jsonb_build_object({changes})) made WHERE given.{key} = %s",
            [times, row.pk],
        )
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), (SELECT max({key}) FROM {table}))"
        )
        cursor.execute(
            f"ANALYZE {table}"
        )  # a foreign key to a table thought empty is checked by reading all of it
