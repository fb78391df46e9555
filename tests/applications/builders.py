"""Builds what tests of applications need, through the services, as the portal would."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localtime
from pypdf import PdfWriter
from stdnum.cn import uscc as uscc_number

from accounts.models import User
from applications import services
from applications.models import Application, Commitment, Organisation, Recommendation, Recommender
from applications.queries import evidence_asked
from applications.queries.years import figure_years
from applications.services.commitments import record_signed_sheet
from applications.services.years import enter_year_figures
from awards.models import Cycle, Scheme
from awards.services import open_cycle, publish_call, set_timetable, sync_law, write_call
from tests.factories import make_user

_serial = count(1)

FACTS: dict[str, Any] = {
    "certificates": [{"standard": "GB/T 19001", "valid_until": "2028-05-01"}],
    "licences": "not_applicable",
    "spot_checks": [],
    "above_scale": False,
    "exporter": False,
    "net_profit": {"2023": "1200000", "2024": "900000.50", "2025": "1500000"},
    "dishonesty_records": [],
    "accidents": [],
    "excellence_model": True,
    "honours": [],
}
CITY_FACTS = FACTS | {
    "trade_rank_in_city": 2,
    "honours": [
        {"award": "suzhou_quality", "tier": "quality", "on": "2025-01-10", "valid_until": "2028-01-09"}
    ],
}


def uscc() -> str:
    """A valid 统一社会信用代码 that no other test has."""
    stem = f"91320594MA1{next(_serial):06d}"
    return stem + uscc_number.calc_check_digit(stem)


def pdf(text: str = "demo") -> SimpleUploadedFile:
    """A small sound PDF with `text` in its metadata (so that contents differ)."""
    writer, content = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": text})
    writer.write(content)
    return SimpleUploadedFile(f"{text}.pdf", content.getvalue(), content_type="application/pdf")


def organisation_data(**changes: Any) -> dict[str, Any]:
    number = next(_serial)
    return {
        "uscc": uscc(),
        "name": f"苏州示例精密制造{number}有限公司",
        "kind": "enterprise",
        "region": "sip",
        "industry": "C",
        "category": "industry",
        "address": "苏州工业园区示例路 1 号",
        "established_on": "2012-03-01",
        "legal_representative": "王示例",
        "employees": 320,
        "contact_name": "李示例",
        "contact_phone": "0512-60000000",
    } | changes


def running_cycle(
    now: datetime, *, scheme: str = "park", edition: str = "park-2023", year: int = 2026
) -> Cycle:
    """A cycle whose call is out since `now`: applications until +30 days, recommendations until +40, and so on."""
    if not Scheme.objects.exists():
        sync_law(now=now)
    head = make_user(f"office_head:{scheme}")
    cycle = open_cycle(scheme_code=scheme, edition_code=edition, year=year, actor=head, now=now)
    kinds = (
        "application",
        "recommendation",
        "eligibility",
        "material",
        "presentation",
        "site",
        "deliberation",
    )
    rows = {}
    for step, kind in enumerate(kinds):
        start = now if step < 3 else now + timedelta(days=30 + 10 * step)
        rows[kind] = (start, now + timedelta(days=30 + 10 * step, hours=1 if step else 0))
    set_timetable(cycle=cycle, rows=rows, actor=head, now=now)
    write_call(cycle=cycle, number=f"质评〔{year}〕{cycle.pk}号", text="通知正文", actor=head, now=now)
    publish_call(cycle=cycle, actor=head, now=now)
    return Cycle.objects.select_related("scheme", "edition_record").get(pk=cycle.pk)


def applicant(now: datetime, **changes: Any) -> tuple[User, Organisation]:
    user = make_user()
    organisation = services.register_organisation(data=organisation_data(**changes), actor=user, now=now)
    return user, organisation


def recommender_of(cycle: Cycle, name: str = "") -> tuple[User, Recommender]:
    body = Recommender.objects.create(name=name or f"示例功能区{next(_serial)}", kind=Recommender.Kind.ZONE)
    body.schemes.add(cycle.scheme)
    return make_user(f"recommender:{body.pk}"), body


def draft(cycle: Cycle, now: datetime, **changes: Any) -> tuple[User, Application]:
    user, organisation = applicant(now, **changes)
    return user, services.start_application(cycle=cycle, organisation=organisation, actor=user, now=now)


def enter_figures(organisation: Organisation, user: User, now: datetime) -> None:
    """A revenue for each of the last three years."""
    rows = {year: {"revenue": Decimal(1)} for year in figure_years(now)}
    enter_year_figures(organisation=organisation, rows=rows, actor=user, now=now)


def filled(
    cycle: Cycle,
    now: datetime,
    *,
    facts: dict[str, Any] | None = None,
    recommender: Recommender | None = None,
    **changes: Any,
) -> tuple[User, Application]:
    """A draft with nothing missing."""
    user, application = draft(cycle, now, **changes)
    given = facts or (CITY_FACTS if cycle.scheme.code == "city" else FACTS)
    services.save_facts(
        application=application,
        facts=given,
        notes={"licences": "本行业无许可要求"},
        version=application.version,
        actor=user,
        now=now,
    )
    services.save_profile(
        application=application, text="组织概述。" * 20, version=application.version, actor=user, now=now
    )
    services.attach_report(
        application=application, upload=pdf(f"report {application.pk}"), actor=user, now=now
    )
    enter_figures(application.organisation, user, now)
    for condition in evidence_asked(application):
        upload = pdf(f"{condition} {application.pk}")
        services.add_evidence(
            application=application, condition=condition, upload=upload, actor=user, now=now
        )
    body = recommender or recommender_of(cycle)[1]
    services.choose_recommender(application=application, recommender=body, actor=user, now=now)
    commit(application, user, now)
    return user, application


def commit(application: Application, user: User, now: datetime, post: str = "总经理") -> Commitment:
    """The commitments signed on paper by whoever the register names, and uploaded."""
    return record_signed_sheet(
        application=application,
        signatory_post=post,
        signed_on=localtime(now).date(),
        scan=pdf(f"commitments {application.pk} {now:%H%M}"),
        actor=user,
        now=now,
    )


def submitted(cycle: Cycle, now: datetime, **options: Any) -> tuple[User, Application]:
    user, application = filled(cycle, now, **options)
    services.submit_application(application=application, actor=user, now=now)
    return user, application


def recommended(cycle: Cycle, now: datetime, **options: Any) -> tuple[User, Application]:
    user, application = submitted(cycle, now, **options)
    signer = make_user(f"recommender:{application.recommender_id}")
    sign(application, signer, now)
    return user, application


def sign(application: Application, signer: User, now: datetime) -> Recommendation:
    recommendation = application.recommendations.get(state="waiting")
    services.sign_recommendation(
        recommendation=recommendation, opinion="同意推荐", signatory="张示例", actor=signer, now=now
    )
    application.refresh_from_db()
    return recommendation


def confirm_all(application: Application, clerk: User, now: datetime) -> None:
    for check in application.checks.all():
        services.confirm_check(check=check, outcome=check.outcome, note="", actor=clerk, now=now)
