"""Working without a network: the devices that keep sheets and visits."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse

from accounts.actors import Actor
from audit.services import record
from ground.errors import Refused
from notifications.services import post
from scoring.models import OfflineDevice, Reviewer
from scoring.permissions import require_any_office, require_self

MOST_DEVICES: Final = 5
NAME_LIMIT: Final = 60
KEY_BYTES: Final = 32


@transaction.atomic
def add_device(*, reviewer: Reviewer, name: str, actor: Actor, now: datetime) -> OfflineDevice:
    """Let a browser keep this reviewer's open sheets. Refused: reviewer_disqualified, name_missing, too_many_devices."""
    require_self(actor, reviewer)
    locked = Reviewer.objects.select_for_update().get(pk=reviewer.pk)
    if locked.disqualified_at is not None:
        raise Refused("reviewer_disqualified", "您的评审资格已取消，不能启用离线设备。")
    if not name.strip():
        raise Refused("name_missing", "请给这台设备起个名字，丢失时好辨认。", field="name")
    if locked.devices.filter(revoked_at=None).count() >= MOST_DEVICES:
        raise Refused("too_many_devices", f"最多启用 {MOST_DEVICES} 台设备，请先停用不再使用的。")
    device = OfflineDevice.objects.create(
        reviewer=locked,
        name=name.strip()[:NAME_LIMIT],
        key=secrets.token_hex(KEY_BYTES),
        added_at=now,
        seen_at=now,
    )
    record(actor=actor, action="device.add", subject=device, at=now, after={"name": device.name})
    return device


@transaction.atomic
def note_contact(*, device: OfflineDevice, actor: Actor, now: datetime) -> bool:
    """The device has reached the portal; whether it may go on. A revoked one is told to delete everything, once noted."""
    locked = _locked(device, actor)
    if locked.revoked_at is None and locked.reviewer.disqualified_at is None:
        OfflineDevice.objects.filter(pk=locked.pk).update(seen_at=now)
        return True
    if locked.wiped_at is None:
        OfflineDevice.objects.filter(pk=locked.pk).update(wiped_at=now)
        record(actor=actor, action="device.wipe", subject=locked, at=now)
    return False


@transaction.atomic
def revoke_device(*, device: OfflineDevice, actor: Actor, now: datetime) -> None:
    """Stop a device that is lost or no longer used; it deletes what it keeps when it next reaches the portal."""
    locked = _locked(device, actor)
    if locked.revoked_at is not None:
        raise Refused("device_revoked", "这台设备已经停用。")
    OfflineDevice.objects.filter(pk=locked.pk).update(revoked_at=now)
    record(actor=actor, action="device.revoke", subject=locked, at=now, before={"name": locked.name})


@transaction.atomic
def revoke_lost_device(*, device: OfflineDevice, reason: str, actor: Actor, now: datetime) -> None:
    """The office stops a device that its reviewer has lost; the reviewer is told. Refused: reason_missing, device_revoked."""
    require_any_office(actor)
    if not reason.strip():
        raise Refused("reason_missing", "请写明停用的原因，如谁在何时报告丢失。", field="reason")
    rows = OfflineDevice.objects.select_for_update(of=("self",)).select_related("reviewer__user")
    locked = rows.get(pk=device.pk)
    if locked.revoked_at is not None:
        raise Refused("device_revoked", "这台设备已经停用。")
    OfflineDevice.objects.filter(pk=locked.pk).update(revoked_at=now)
    record(
        actor=actor,
        action="device.revoke",
        subject=locked,
        at=now,
        before={"name": locked.name},
        details={"reason": reason.strip()},
    )
    post(
        to=[locked.reviewer.user],
        kind="scoring",
        subject=f"评定办已停用您的离线设备：{locked.name}",
        body=f"停用原因：{reason.strip()}\n\n这台设备不能再同步，下次联网时清除全部评分资料。设备找回后可以重新启用。",
        link=reverse("scoring:devices"),
        key=f"device:{locked.pk}:revoked",
        now=now,
    )


def trusted_device(device: OfflineDevice, actor: Actor) -> OfflineDevice:
    """The device's row, locked, while it may still bring anything. Refused: device_revoked."""
    locked = _locked(device, actor)
    if locked.revoked_at is not None:
        raise Refused("device_revoked", "这台设备已经停用，不能再同步。")
    return locked


def _locked(device: OfflineDevice, actor: Actor) -> OfflineDevice:
    rows = OfflineDevice.objects.select_for_update(of=("self",)).select_related("reviewer__user")
    locked = rows.get(pk=device.pk)
    require_self(actor, locked.reviewer)
    return locked
