"""What follows when the virus scanner finds something in an applicant's or a claimant's file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from applications.models import Application, Commitment, Evidence, OrganisationClaim
from applications.models.claims import OPEN
from applications.queries import people_of_organisation
from applications.queries.visibility import office_of
from applications.services import claim_letters
from documents.models import StoredFile
from notifications.services import post


@transaction.atomic
def sweep_infected_files(*, now: datetime) -> int:
    """Tell the applicant, and the office once it has the file, about each infected file; return how many there are.

    Every person is told once for each file of an application or a claim, however often this runs.
    """
    found = _infected_papers(now)
    for application, stored, name in _infected():
        found += 1
        key = f"infected-{application.pk}-{stored.pk}"
        address = application.get_absolute_url()
        post(
            to=people_of_organisation(application.organisation_id),
            kind="file_infected",
            subject=f"文件含有病毒，请更换：{name}",
            body=f"“{name}”经检测含有病毒（{stored.scan_note}），已经隔离，任何审核人员都不会打开。"
            "请清除病毒或从干净的原稿重新导出，在申报材料中移除这份文件后重新上传。"
            "申报已经提交、不能自行修改的，请联系评定办公室要求补正。",
            link=f"{address}tasks/",
            key=key,
            now=now,
        )
        if application.submitted_at is not None:
            post(
                to=office_of(application.cycle.scheme.code),
                kind="file_infected",
                subject=f"申报文件含有病毒：{application}",
                body=f"“{name}”经检测含有病毒（{stored.scan_note}），已经隔离。需要更换的，请发出补正通知。"
                "评定办负责人和纪检监督人员可以下载取证。",
                link=address,
                key=f"{key}-office",
                now=now,
            )
    return found


def _infected_papers(now: datetime) -> int:
    """Tell claimant and office about each infected paper of an open claim. The claimant's letter names the code alone."""
    infected = StoredFile.Scan.INFECTED
    claims = OrganisationClaim.objects.filter(state__in=OPEN).filter(
        Q(licence__scan=infected) | Q(authorisation__scan=infected)
    )
    found = 0
    for claim in claims.select_related("licence", "authorisation", "claimant", "organisation", "scheme"):
        papers = ((claim.licence, claim.licence_name), (claim.authorisation, claim.authorisation_name))
        for stored, name in papers:
            if stored.infected:
                found += 1
                claim_letters.tell_of_virus(claim, stored, name, now)
    return found


def _infected() -> Iterator[tuple[Application, StoredFile, str]]:
    infected = StoredFile.Scan.INFECTED
    reports = Application.objects.filter(report__scan=infected).exclude(state="withdrawn")
    for application in reports.select_related("report", "organisation", "cycle__scheme"):
        if application.report is not None:
            yield application, application.report, application.report_name
    pieces = Evidence.objects.filter(file__scan=infected, removed_at=None).exclude(
        application__state="withdrawn"
    )
    for piece in pieces.select_related("file", "application__organisation", "application__cycle__scheme"):
        yield piece.application, piece.file, piece.name
    sheets = Commitment.objects.filter(scan__scan=infected, ended_at=None).exclude(
        application__state="withdrawn"
    )
    for sheet in sheets.select_related("scan", "application__organisation", "application__cycle__scheme"):
        if sheet.scan is not None:
            yield sheet.application, sheet.scan, sheet.scan_name
