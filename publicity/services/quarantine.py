"""What follows when the virus scanner finds something in a report or in the evidence of an objection."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.roles import OFFICE_ROLES
from awards.models import Scheme
from documents.models import StoredFile
from notifications.services import post
from publicity import queries
from publicity.models import Incident, Objection

INFECTED = StoredFile.Scan.INFECTED


@transaction.atomic
def sweep_infected_files(*, now: datetime) -> int:
    """Tell the office about each infected file, and the holder about its own; return how many there are.

    Every person is told once for each file, however often this runs. Nobody writes to an objector.
    """
    incidents = Incident.objects.filter(file__scan=INFECTED).select_related(
        "file", "honour__scheme", "honour__organisation"
    )
    objections = Objection.objects.filter(evidence__scan=INFECTED).select_related(
        "evidence", "entry__notice__scheme"
    )
    for incident in incidents:
        address = f"/incidents/{incident.pk}/"
        post(
            to=queries.people_of(incident.honour.organisation),
            kind="file_infected",
            subject=f"文件含有病毒：{incident.file_name}",
            body=f"事项报告所附“{incident.file_name}”经检测含有病毒，已经隔离，不会有人打开。"
            "请从干净的原稿重新导出，另交一份报告。",
            link=address,
            key=f"infected-incident-{incident.pk}",
            now=now,
        )
        _tell_office(incident.honour.scheme, incident, address, incident.file_name, now)
    for objection in objections:
        _tell_office(
            objection.entry.notice.scheme,
            objection,
            objection.get_absolute_url(),
            objection.evidence_name,
            now,
        )
    return len(incidents) + len(objections)


def _tell_office(
    scheme: Scheme, subject: Incident | Objection, address: str, name: str, now: datetime
) -> None:
    post(
        to=queries.people_with(scheme, *OFFICE_ROLES),
        kind="file_infected",
        subject=f"文件含有病毒，已经隔离：{name}",
        body=f"“{name}”经检测含有病毒，已经隔离，不能打开。需要取证的，由主任或纪检监督人员下载。",
        link=address,
        key=f"infected-{subject._meta.model_name}-{subject.pk}-office",
        now=now,
    )
