"""Correction requests (补正): item by item, with a deadline; answered, or expired by the sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actors import SYSTEM, Actor
from accounts.moves import move
from accounts.permissions import person
from accounts.roles import Role, Scope
from applications.models import Application, Correction, CorrectionItem, Letter
from applications.permissions import require_office, require_writer
from applications.queries import is_past, latest_correction, opened, register_facts
from applications.queries.correcting import (
    correctable,
    item_labels,
    one_sided_profits,
    opened_sections,
    parts_changed,
)
from applications.queries.deadlines import CORRECTION_LATEST
from applications.queries.parts import digest_of_parts, parts
from applications.queries.receipt import Receipt, as_receipt, correction_rows
from applications.queries.register import register_to_submit
from applications.queries.visibility import office_of, people_of_organisation
from applications.queries.years import figures_to_submit
from applications.questions import FIGURES, ORGANISATION
from applications.services.copies import keep_copy
from applications.services.findings import find
from applications.services.letters import send_letter
from applications.services.locking import lock, require_state
from applications.services.receipts import in_words, keep_receipt
from applications.services.submission import CORRECT_DUTY
from ground.errors import Fault, Refused, refuse_if
from ground.moments import deadline_words
from notifications.services import close_duties, open_duty, post

REGISTER_ITEMS = frozenset({"registered", "operating_years", ORGANISATION})


@transaction.atomic
def request_correction(
    *,
    application: Application,
    items: Sequence[tuple[str, str]],
    due_at: datetime,
    actor: Actor,
    now: datetime,
) -> Correction:
    """Send the file back with a list of what is missing: (a code of `correctable`; what to do).

    Refused: wrong_state, items_required, unknown_condition, request_required, due_in_past, due_too_late (by the
    edition's reading: after the next deadline of the timetable from the eligibility check on).
    """
    lock(application)
    require_office(actor, application)
    require_state(application, "request_correction")
    edition = application.cycle.edition
    known = {code for group in correctable(application).values() for code in group}
    labels = item_labels(application)
    faults = [
        Fault("unknown_condition", "请选择要补正的部分。", "items") for code, _ in items if code not in known
    ]
    faults += [
        Fault("request_required", "请写明要补正什么。", "items") for _, words in items if not words.strip()
    ]
    if not items:
        faults.append(Fault("items_required", "请至少列明一项补正事项。", "items"))
    if due_at <= now:
        faults.append(Fault("due_in_past", "补正期限应晚于现在。", "due_at"))
    latest = latest_correction(application, now)
    if latest is not None and due_at > latest:
        words = (
            f"补正期限不能晚于 {deadline_words(latest)}：{edition.reading(CORRECTION_LATEST)}。请改早一些。"
        )
        faults.append(Fault("due_too_late", words, "due_at", edition.article(CORRECTION_LATEST)))
    refuse_if(faults)
    try:
        with transaction.atomic():
            correction = Correction.objects.create(
                application=application, requested_by=person(actor), requested_at=now, due_at=due_at
            )
    except IntegrityError as error:
        raise Refused("wrong_state", "这份申报已有一份未答复的补正通知。") from error
    CorrectionItem.objects.bulk_create(
        [
            CorrectionItem(correction=correction, condition=code, request=words.strip())
            for code, words in items
        ]
    )
    move(
        application,
        "request_correction",
        actor=actor,
        now=now,
        article=edition.article("application_files"),
        details={"items": [[code, words.strip()] for code, words in items], "due_at": due_at},
    )
    link = reverse("applications:correction", args=[correction.pk])
    open_duty(
        kind=CORRECT_DUTY,
        subject=correction,
        title=f"补正申报材料：{application.cycle}",
        link=link,
        due_at=due_at,
        now=now,
        role=Role.APPLICANT_EDITOR,
        scope_kind=Scope.ORGANISATION,
        scope_key=str(application.organisation_id),
    )
    lines = "\n".join(
        f"{number}. {labels[code]}：{words.strip()}" for number, (code, words) in enumerate(items, start=1)
    )
    send_letter(
        application=application,
        kind=Letter.Kind.CORRECTION,
        post_as="correction.requested",
        subject=f"请补正申报材料（{application.number}）",
        body=f"请在 {deadline_words(due_at)} 之前补正下列内容：\n{lines}",
        link=link,
        key=f"correction.requested:{correction.pk}",
        now=now,
    )
    return correction


@transaction.atomic
def answer_correction(
    *, correction: Correction, answers: Mapping[int, str], actor: Actor, now: datetime
) -> Receipt:
    """Answer every item; the file goes back to the office, the rules run again, the applicant has a receipt.

    The register entry and the figures of today are taken into the file only where an item asks for them.

    `answers`: key of the item → words. Refused: wrong_state, deadline_passed, answer_required (one for each item),
    incomplete/<section> (one for each gap in what the correction opens). Net profit and figures of which only one was
    asked may differ: the letters say so.
    """
    application = correction.application
    lock(application)
    require_writer(actor, application.organisation_id)
    correction.refresh_from_db(fields=["state", "due_at"])
    if correction.state != "open":
        raise Refused("wrong_state", f"这份补正通知“{correction.public_state}”，不能再答复。请刷新页面。")
    if is_past(correction.due_at, now):
        words = f"补正已于 {deadline_words(correction.due_at)} 截止，不能再提交。评定办将按现有材料审核。"
        raise Refused("deadline_passed", words)
    items = list(correction.items.all())
    refuse_if(
        Fault("answer_required", f"请答复：{item.request}", f"answer_{item.pk}")
        for item in items
        if not answers.get(item.pk, "").strip()
    )
    allowed = opened(application, now)
    refuse_if(
        Fault(gap.code, gap.message, "", gap.article)
        for section in opened_sections(application, allowed, now)
        for gap in section.gaps
    )
    for item in items:
        item.answer = answers[item.pk].strip()
    CorrectionItem.objects.bulk_update(items, ["answer"])
    correction.answered_at = now
    correction.save(update_fields=["answered_at"])
    move(correction, "answer", actor=actor, now=now)
    asked = {item.condition for item in items}
    if asked & REGISTER_ITEMS:
        application.facts = {**application.facts, **register_facts(application.organisation)}
        application.submitted_register = register_to_submit(application.organisation)
        application.save(update_fields=["facts", "submitted_register"])
    if FIGURES in asked:
        filed_at = application.submitted_at or now
        application.submitted_figures = figures_to_submit(application.organisation, filed_at)
        application.save(update_fields=["submitted_figures"])
    differing = _differing_words(one_sided_profits(application, asked))
    rows = parts(application)
    digest = digest_of_parts(rows)
    keep_copy(application, digest, now)
    latest = application.submissions.first()
    labels = item_labels(application)
    receipt = as_receipt(
        keep_receipt(
            application=application,
            rows=correction_rows(correction, digest, person(actor).name),
            parts=rows,
            digest=digest,
            now=now,
            correction=correction,
            answers=[
                (labels.get(item.condition, item.condition), item.request, item.answer) for item in items
            ],
            changed=parts_changed(latest.parts if latest else application.submitted_parts, rows, allowed),
        )
    )
    move(
        application,
        "answer_correction",
        actor=actor,
        now=now,
        details={
            "answers": {str(item.pk): item.answer for item in items},
            "parts": rows,
            "digest": digest,
            "figures": application.submitted_figures,
        },
    )
    find(application, actor=actor, now=now)
    close_duties(kind=CORRECT_DUTY, subject=correction, now=now)
    send_letter(
        application=application,
        kind=Letter.Kind.ANSWERED,
        post_as="correction.received",
        subject=f"补正已提交（{application.number}）",
        body=f"补正材料已提交，回执如下。评定办将继续资格审核。\n{in_words(receipt)}{differing}",
        link=receipt.page_path,
        key=f"correction.received:{correction.pk}",
        now=now,
    )
    post(
        to=office_of(application.cycle.scheme.code),
        kind="correction.answered",
        subject=f"补正已提交：{application.organisation.name}",
        body=f"{application}已提交补正材料，请继续资格审核。{differing}",
        link=reverse("applications:eligibility", args=[application.pk]),
        key=f"correction.answered:{correction.pk}",
        now=now,
    )
    return receipt


def _differing_words(years: Sequence[str]) -> str:
    if not years:
        return ""
    return (
        f"\n\n请注意：{'、'.join(years)} 年度净利润与这份申报的近三年经营数据不一致。本次补正只要求了其中一处；"
        "需要更正的，由评定办同时要求补正“净利润”和“近三年经营数据”。"
    )


def sweep_corrections(*, now: datetime) -> int:
    """Close what was not answered in time; the office goes on with the file as it is. Returns how many.

    Each in a transaction of its own, application first: the order in which an answer takes its locks too.
    """
    due = Correction.objects.filter(state="open", due_at__lt=now).order_by("pk").values_list("pk", flat=True)
    return sum(_expire(pk, now) for pk in list(due))


@transaction.atomic
def _expire(pk: int, now: datetime) -> bool:
    correction = Correction.objects.select_related("application").get(pk=pk)
    application = correction.application
    lock(application)
    correction.refresh_from_db(fields=["state", "due_at"])
    if correction.state != "open" or not is_past(correction.due_at, now):
        return False
    move(correction, "expire", actor=SYSTEM, now=now)
    if application.state != "correcting":
        return True  # disqualified meanwhile: nobody waits for an answer
    move(application, "close_correction", actor=SYSTEM, now=now)
    close_duties(kind=CORRECT_DUTY, subject=correction, now=now)
    told = people_of_organisation(application.organisation_id) | office_of(application.cycle.scheme.code)
    post(
        to=told.distinct(),
        kind="correction.expired",
        subject=f"补正期满：{application.organisation.name}",
        body=f"{application}的补正已于 {deadline_words(correction.due_at)} 截止，未收到答复。资格审核按现有材料进行。",
        link=application.get_absolute_url(),
        key=f"correction.expired:{correction.pk}",
        now=now,
    )
    return True
