"""Files of reports and objections: taken in as everywhere, and never passed because nobody looked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.actors import PUBLIC
from accounts.models import User
from audit.models import AccessLog
from documents.models import StoredFile
from documents.services import append_chunk, begin_upload
from ground import clock
from notifications.models import InboxItem
from publicity import services
from publicity.models import Honour, Incident, Objection
from tests.applications.builders import pdf
from tests.factories import make_user
from tests.publicity.factories import CLOSES, PUBLISHED, House, award, owner_of, publish

ClientOf = Callable[[User], Client]
Scan = StoredFile.Scan
REPORT = {"event": "failed_check", "confirmed_on": "2026-10-08", "description": "抽查不合格"}


def incident_with_file(honour: Honour) -> Incident:
    return services.report_incident(
        honour=honour,
        event="failed_check",
        confirmed_on=CLOSES.date(),
        description="抽查不合格",
        upload=pdf("通知书"),
        actor=owner_of(honour.organisation),
        now=CLOSES,
    )


def objection_with_file(house: House) -> Objection:
    return services.file_objection(
        entry=publish(house).entries.all()[0],
        objector_kind="person",
        objector_name="王异议",
        contact="13900001234",
        statement="该组织去年有一次产品抽查不合格，材料中没有说明。",
        upload=pdf("证据"),
        actor=PUBLIC,
        now=PUBLISHED,
    )


def scanned(file: StoredFile | None, scan: str) -> None:
    assert file is not None
    StoredFile.objects.filter(pk=file.pk).update(scan=scan)


def test_a_report_takes_a_file_uploaded_in_pieces(
    park: House, client_of: ClientOf, stopped: clock.StoppedClock
) -> None:
    honour = award(park)[0]
    stopped.move_to(CLOSES)
    owner, content = owner_of(honour.organisation), pdf("通知书").read()
    given = {"name": "通知书.pdf", "size": len(content), "kinds": ["pdf"], "actor": owner, "now": CLOSES}
    address = reverse("publicity:report_incident", args=[honour.pk])
    client = client_of(owner)
    field = client.get(address).content.decode().partition('type="file"')[2].partition(">")[0]
    assert 'data-upload-purpose="publicity.incident"' in field
    assert f'data-upload-key="{honour.pk}"' in field
    for key, status in (("0", 422), (str(honour.pk), 302)):  # an upload for another title is not taken
        upload = begin_upload(**given, purpose="publicity.incident", key=key)
        append_chunk(upload=upload, offset=0, content=content, actor=owner, now=CLOSES)
        assert client.post(address, REPORT | {"upload_token": upload.token}).status_code == status
    kept = Incident.objects.get()
    assert (kept.file_name, kept.file.size) == ("通知书.pdf", len(content))


def test_an_objection_sends_its_file_with_the_form(park: House, client: Client) -> None:
    """Whoever objects has no login, so nothing goes through the uploads in pieces."""
    notice = publish(park)
    address = reverse("publicity:file_objection", args=[notice.pk])
    assert "data-upload-url" not in client.get(address).content.decode()
    data = {
        "entry": notice.entries.all()[0].pk,
        "objector_kind": "person",
        "objector_name": "王异议",
        "contact": "13900001234",
        "statement": "该组织去年有一次产品抽查不合格，材料没有说明。",
    }
    bad = SimpleUploadedFile("证据.pdf", b"MZ\x90\x00 not a pdf")
    refused = client.post(address, data | {"upload": bad})
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"upload"})
    assert client.post(address, data | {"upload": pdf("证据")}).status_code == 302
    assert Objection.objects.get().evidence_name == "证据.pdf"


@pytest.mark.parametrize(
    ("scan", "answers"),
    [
        (Scan.NOT_CONFIGURED, {"clerk": 200, "head": 200, "supervisor": 200, "owner": 200}),
        (Scan.WAITING, {"clerk": 409, "head": 409, "supervisor": 409, "owner": 200}),
        (Scan.INFECTED, {"clerk": 409, "head": 200, "supervisor": 200, "owner": 409}),
    ],
)
def test_what_the_scanner_has_not_passed_stays_closed(
    park: House, client_of: ClientOf, scan: str, answers: dict[str, int]
) -> None:
    incident = incident_with_file(award(park)[0])
    scanned(incident.file, scan)
    people = {
        "clerk": park.clerk,
        "head": park.head,
        "supervisor": make_user("supervisor"),
        "owner": incident.reported_by,
    }
    address = reverse("publicity:incident_file", args=[incident.pk])
    assert {name: client_of(user).get(address).status_code for name, user in people.items()} == answers
    taken = AccessLog.objects.filter(action="download", subject_id=str(incident.pk)).count()
    assert taken == list(answers.values()).count(200)


def test_infected_evidence_is_said_to_be_and_given_to_the_head_alone(
    park: House, client_of: ClientOf
) -> None:
    objection = objection_with_file(park)
    scanned(objection.evidence, Scan.INFECTED)
    for user, status, offered in ((park.clerk, 409, False), (park.head, 200, True)):
        client, address = client_of(user), reverse("publicity:objection_evidence", args=[objection.pk])
        text = client.get(objection.get_absolute_url()).content.decode()
        assert "含有病毒，已隔离" in text
        assert (address in text) is offered
        assert client.get(address).status_code == status


def test_the_office_and_the_holder_hear_once_of_what_was_found(park: House) -> None:
    objection = objection_with_file(park)
    services.decide_objection(
        objection=services.accept_objection(objection=objection, actor=park.clerk, now=PUBLISHED),
        upheld=False,
        conclusion="不属实",
        applicant_reply="经核查，异议不成立。",
        actor=park.head,
        now=PUBLISHED,
    )
    services.sweep_windows(now=CLOSES)
    services.announce(cycle=park.cycle, number="苏园管〔2026〕30号", reason="", actor=park.head, now=CLOSES)
    incident = incident_with_file(Honour.objects.order_by("pk")[0])
    assert services.sweep_infected_files(now=CLOSES) == 0
    scanned(objection.evidence, Scan.INFECTED)
    scanned(incident.file, Scan.INFECTED)
    for _ in range(2):
        assert services.sweep_infected_files(now=CLOSES) == 2
    told = InboxItem.objects.filter(kind="file_infected").values_list("user_id", flat=True)
    office = [park.clerk.pk, park.head.pk, park.deputy.pk]
    assert sorted(told) == sorted([*office, *office, incident.reported_by_id])
