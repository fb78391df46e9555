"""Registering organisations and keeping their entry up to date."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from stdnum.cn import uscc as uscc_number

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import APPLICANT_ROLES, Role, Scope
from accounts.services import grant_role, rename_scope
from applications.industry import ASK, SECTIONS, proposed_category
from applications.models import Organisation
from applications.permissions import require_writer
from audit.services import record
from documents.services import Upload, receive_upload
from ground.clock import SHANGHAI
from ground.digest import canonical_json, sm3_hex
from ground.errors import Fault, Refused, refuse_if

LICENCE_UPLOAD: Final = "applications.licence"
CHARSET: Final = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}")
PHONE: Final = re.compile(r"(?=(?:\D*\d){5})[0-9０-９+＋\-－—()（）/、,，;； 转#*]+")
TEXTS: Final = ("name", "address", "legal_representative", "contact_name", "contact_phone")
CHOICES: Final = {
    "kind": Organisation.Kind,
    "region": Organisation.Region,
    "category": Organisation.Category,
}


@transaction.atomic
def register_organisation(*, data: Mapping[str, Any], actor: Actor, now: datetime) -> Organisation:
    """Enter an organisation in the register; `actor` becomes its applicant_owner.

    `data`: uscc, name, kind, region, industry (section letter), address, established_on (date or ISO text),
    legal_representative, employees, contact_name, contact_phone; category may be left out where the section
    suggests one; `uscc_confirmed` = True with the `licence` (a file or the token of its upload) enters a code whose check
    digit does not fit, flagged uscc_unverified until the office has compared it.
    Refused: uscc_format, uscc_check_digit, licence_required, file_*, uscc_taken, required, choice_unknown,
    category_required, phone_invalid, date_invalid, date_in_future, number_invalid, number_negative, text_too_long.
    All faults at once, each at its field.
    """
    if not isinstance(actor, User) or any(grant.role not in APPLICANT_ROLES for grant in actor.grants):
        raise PermissionDenied("承担评定工作的账号不能登记申报组织，请使用单独的申报账号。")
    faults: list[Fault] = []
    values = _read(data, now, faults)
    values["uscc"], values["uscc_unverified"] = _uscc(data, faults)
    if not faults and Organisation.objects.filter(uscc=values["uscc"]).exists():
        faults.append(_taken())
    if values["uscc_unverified"] and not data.get("licence") and data.get("uscc_confirmed") is True:
        faults.append(Fault("licence_required", "校验位不符的，请上传证照，供评定办核对。", "licence"))
    refuse_if(faults)
    if data.get("licence"):
        values |= _licence(data["licence"], actor, now)
    try:
        with transaction.atomic():
            organisation = Organisation.objects.create(created_at=now, **values)
    except IntegrityError as error:
        raise Refused.many([_taken()]) from error
    grant_role(
        user=actor,
        role=Role.APPLICANT_OWNER,
        scope_key=str(organisation.pk),
        scope_label=organisation.name,
        actor=actor,
        now=now,
    )
    record(
        actor=actor, action="organisation.register", subject=organisation, at=now, after=_kept(organisation)
    )
    return organisation


@transaction.atomic
def update_organisation(
    *, organisation: Organisation, data: Mapping[str, Any], actor: Actor, now: datetime, version: str = ""
) -> Organisation:
    """Change the register's entry (all but the code). Submitted applications keep what was submitted.

    `version` (version_of the entry when it was read): refuses to overwrite what somebody has changed since.
    What is saved already is neither saved nor noted again.
    Refused: stale_version; as register_organisation.
    """
    require_writer(actor, organisation)
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    faults: list[Fault] = []
    values = _read(data, now, faults)
    refuse_if(faults)
    before = _kept(locked)
    if all(getattr(locked, name) == value for name, value in values.items()):
        return locked
    if version and version != version_of(locked):
        raise Refused("stale_version", "有同事在您打开页面之后改过登记信息。请对照下面的内容，核对后再保存。")
    for name, value in values.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(values))
    if locked.name != before["name"]:
        rename_scope(kind=Scope.ORGANISATION, key=str(locked.pk), label=locked.name)
    record(
        actor=actor, action="organisation.update", subject=locked, at=now, before=before, after=_kept(locked)
    )
    organisation.refresh_from_db()
    return locked


def version_of(organisation: Organisation) -> str:
    """What a page of the register entry was opened on: a digest that changes with the entry."""
    return sm3_hex(canonical_json(_kept(organisation)))


def _read(data: Mapping[str, Any], now: datetime, faults: list[Fault]) -> dict[str, Any]:
    values: dict[str, Any] = {name: _text(data, name, faults) for name in TEXTS}
    if values["contact_phone"] and not _is_phone(values["contact_phone"]):
        words = "请填写可以打通的电话号码，例如 0512-66668888 或 13800000000。"
        faults.append(Fault("phone_invalid", words, "contact_phone"))
    section = str(data.get("industry") or "").strip().upper()
    if section not in SECTIONS:
        faults.append(Fault("required", "请选择行业门类。", "industry"))
    values["industry"] = section
    for name, choices in CHOICES.items():
        chosen = str(data.get(name) or "")
        if not chosen and name == "category" and section in SECTIONS and section not in ASK:
            chosen = proposed_category(section)
        if not chosen:
            code = "category_required" if name == "category" else "required"
            words = f"请选择{_label(name)}。"
            if name == "category" and section in ASK:
                proposed = Organisation.Category(proposed_category(section)).label
                words = f"{SECTIONS[section]}一般选“{proposed}”，请按主营业务核对后选择。"
            faults.append(Fault(code, words, name))
        elif chosen not in choices.values:
            faults.append(Fault("choice_unknown", f"请在列出的选项中选择{_label(name)}。", name))
        values[name] = chosen
    values["established_on"] = _day(data, now, faults)
    values["employees"] = _count(data, faults)
    return values


def code_of(data: Mapping[str, Any]) -> tuple[str, Fault | None]:
    """The code in capitals without spaces, and what is wrong with its form."""
    code = uscc_number.compact(str(data.get("uscc") or ""))
    if CHARSET.fullmatch(code):
        return code, None
    words = "统一社会信用代码为 18 位，由数字和大写字母组成，不含 I、O、S、V、Z。"
    return code, Fault("uscc_format", words, "uscc")


def _uscc(data: Mapping[str, Any], faults: list[Fault]) -> tuple[str, bool]:
    """The code, and whether its check digit is still to be verified."""
    code, fault = code_of(data)
    if fault:
        faults.append(fault)
        return code, False
    if uscc_number.calc_check_digit(code[:-1]) == code[-1]:
        return code, False
    if data.get("uscc_confirmed") is not True:
        message = "校验位不符，请对照营业执照核对。确认无误的，勾选“代码与证照一致”后继续，由评定办核对。"
        faults.append(Fault("uscc_check_digit", message, "uscc"))
    return code, True


def _licence(upload: Upload, actor: Actor, now: datetime) -> dict[str, Any]:
    stored, name = receive_upload(
        upload=upload,
        purpose=LICENCE_UPLOAD,
        key="",
        kinds=("pdf", "png", "jpg"),
        actor=actor,
        now=now,
        field="licence",
    )
    return {"licence": stored, "licence_name": name}


def _taken() -> Fault:
    return Fault(
        "uscc_taken",
        "这个统一社会信用代码已经登记。请联系本单位的申报负责人为您开通权限，或者申请认领。",
        "uscc",
    )


def _text(data: Mapping[str, Any], name: str, faults: list[Fault]) -> str:
    text = " ".join(str(data.get(name) or "").split())
    limit: int = Organisation._meta.get_field(name).max_length  # type: ignore[union-attr,assignment]
    if not text:
        faults.append(Fault("required", f"请填写{_label(name)}。", name))
    elif len(text) > limit:
        faults.append(Fault("text_too_long", f"{_label(name)}最多 {limit} 字。", name))
    return text


def _is_phone(text: str) -> bool:
    """Digits with the usual signs between, also two numbers or an extension (转 8001)."""
    return bool(PHONE.fullmatch(text))


def _day(data: Mapping[str, Any], now: datetime, faults: list[Fault]) -> date | None:
    given = data.get("established_on")
    try:
        day = given if isinstance(given, date) else date.fromisoformat(str(given or ""))
    except ValueError:
        faults.append(Fault("date_invalid", "请填写成立日期，例如 2012-03-01。", "established_on"))
        return None
    if isinstance(day, datetime):
        day = day.date()
    if day > now.astimezone(SHANGHAI).date():
        faults.append(Fault("date_in_future", "成立日期不能晚于今天。", "established_on"))
    elif day.year < 1800:
        faults.append(Fault("date_invalid", "请核对成立日期的年份。", "established_on"))
    return day


def _count(data: Mapping[str, Any], faults: list[Fault]) -> int:
    try:
        number = int(str(data.get("employees", "")).strip())
    except ValueError:
        faults.append(Fault("number_invalid", "请填写职工人数，写整数。", "employees"))
        return 0
    if number < 0:
        faults.append(Fault("number_negative", "职工人数不能是负数。", "employees"))
    elif number > 10_000_000:
        faults.append(Fault("number_invalid", "请核对职工人数。", "employees"))
    return number


def _label(name: str) -> str:
    return str(Organisation._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _kept(organisation: Organisation) -> dict[str, Any]:
    names = (
        "uscc",
        "uscc_unverified",
        *TEXTS,
        "kind",
        "region",
        "industry",
        "category",
        "established_on",
        "employees",
    )
    return {name: getattr(organisation, name) for name in names}
