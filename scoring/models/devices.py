"""The devices on which a reviewer works without a network."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from scoring.models.reviewers import Reviewer


class OfflineDevice(models.Model):
    """A browser that keeps a reviewer's open sheets encrypted (离线设备).

    `key` (hex) is the server's half of what opens them; the other half is the reviewer's passphrase, which never
    leaves the device. `wiped_at`: when the revoked device asked again and was told to delete everything.
    """

    reviewer = models.ForeignKey(Reviewer, models.CASCADE, related_name="devices")
    name = models.CharField("设备名称", max_length=60)
    key = models.CharField("服务器密钥", max_length=64)
    added_at = models.DateTimeField("启用时间")
    seen_at = models.DateTimeField("最近联网")
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    wiped_at = models.DateTimeField("清除时间", null=True, blank=True)

    class Meta:
        verbose_name = "离线设备"
        ordering = ("-added_at", "-id")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("scoring:devices")
