"""Letters on their way (OutboxMessage) and received (InboxItem); what has to be done by when (Duty, Reminder).

The rows are the truth; the sweeps only follow them, so a portal that was down catches up without doubling
anything.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class OutboxMessage(models.Model):
    """A letter to one person over one channel (待发消息). Tried until it went or is given up, sent once.

    `user` is empty for a letter to somebody who has no account yet: it goes to `address`.
    """

    class Channel(models.TextChoices):
        MAIL = "mail", "邮件"
        SMS = "sms", "短信"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name="收件人",
        null=True,
        blank=True,
    )
    address = models.EmailField("收件邮箱", blank=True)
    channel = models.CharField("渠道", max_length=16, choices=Channel.choices)
    key = models.CharField("唯一键", max_length=200)
    kind = models.CharField("类型", max_length=64)
    subject = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    link = models.CharField("链接", max_length=300, blank=True)
    created_at = models.DateTimeField("生成时间")
    try_at = models.DateTimeField("下次发送时间")
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    last_error = models.CharField("最近一次错误", max_length=300, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True)
    given_up_at = models.DateTimeField("放弃时间", null=True)

    class Meta:
        verbose_name = "待发消息"
        constraints = (
            models.UniqueConstraint(fields=("key", "user", "channel"), name="outbox_once"),
            models.UniqueConstraint(
                fields=("key", "address", "channel"), condition=Q(user=None), name="outbox_address_once"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, address="") | Q(user=None) & ~Q(address=""),
                name="outbox_user_or_address",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(given_up_at=None), name="outbox_sent_or_given_up"
            ),
        )
        indexes = (
            models.Index(
                fields=("try_at", "id"), condition=Q(sent_at=None, given_up_at=None), name="outbox_due"
            ),
        )

    def __str__(self) -> str:
        return self.subject


class InboxItem(models.Model):
    """A letter in somebody's inbox (站内消息)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="收件人"
    )
    key = models.CharField("唯一键", max_length=200)
    kind = models.CharField("类型", max_length=64)
    subject = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    link = models.CharField("链接", max_length=300, blank=True)
    created_at = models.DateTimeField("收到时间")
    read_at = models.DateTimeField("阅读时间", null=True)

    class Meta:
        verbose_name = "站内消息"
        ordering = ("-created_at", "-id")
        constraints = (models.UniqueConstraint(fields=("key", "user"), name="inbox_once"),)
        indexes = (
            models.Index(fields=("user", "-created_at"), name="inbox_of_user"),
            models.Index(fields=("user",), condition=Q(read_at=None), name="inbox_unread"),
        )

    def __str__(self) -> str:
        return self.subject


class WithheldLetter(models.Model):
    """What a letter said before it was put out of its reader's sight (已隐去的消息); the letter itself says only that.

    Given back word for word when the reason is gone.
    """

    item = models.OneToOneField(
        InboxItem, models.PROTECT, related_name="withheld", verbose_name="站内消息", primary_key=True
    )
    subject = models.CharField("标题", max_length=200)
    body = models.TextField("正文")
    link = models.CharField("链接", max_length=300, blank=True)
    read_at = models.DateTimeField("阅读时间", null=True)
    withheld_at = models.DateTimeField("隐去时间")
    about = models.JSONField("所涉对象", default=list, help_text="keys of what its reader must not know of")

    class Meta:
        verbose_name = "已隐去的消息"

    def __str__(self) -> str:
        return self.subject


class Duty(models.Model):
    """What somebody has to do by when (待办事项): one user, or whoever holds a role in a scope.

    Closed when done or when it no longer stands; never deleted. `next_reminder_at` is when the reminder
    sweep has to look at it again, null when nothing is left to remind of.
    """

    kind = models.CharField("类型", max_length=64)
    subject_type = models.CharField("对象类型", max_length=100)
    subject_id = models.CharField("对象编号", max_length=64)
    title = models.CharField("事项", max_length=200)
    link = models.CharField("链接", max_length=300)
    due_at = models.DateTimeField("截止时间")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="duties", verbose_name="办理人"
    )
    role = models.CharField("角色", max_length=32, blank=True)
    scope_kind = models.CharField("范围类型", max_length=16, blank=True)
    scope_key = models.CharField("范围", max_length=40, blank=True)
    opened_at = models.DateTimeField("开始时间")
    closed_at = models.DateTimeField("结束时间", null=True)
    next_reminder_at = models.DateTimeField("下次提醒时间", null=True)
    withheld_from = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name="不向其显示"
    )

    class Meta:
        verbose_name = "待办事项"
        verbose_name_plural = "待办事项"
        ordering = ("due_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(user__isnull=False, role="") | Q(user=None) & ~Q(role=""),
                name="duty_user_or_role",
            ),
            models.UniqueConstraint(
                fields=("kind", "subject_type", "subject_id", "user", "role", "scope_kind", "scope_key"),
                condition=Q(closed_at=None),
                nulls_distinct=False,
                name="duty_open_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                name="duty_closed_after_opened",
            ),
        )
        indexes = (
            models.Index(fields=("user", "due_at"), condition=Q(closed_at=None), name="duty_of_user"),
            models.Index(
                fields=("role", "scope_kind", "scope_key", "due_at"),
                condition=Q(closed_at=None),
                name="duty_of_role",
            ),
            models.Index(fields=("next_reminder_at",), condition=Q(closed_at=None), name="duty_to_remind"),
        )

    def __str__(self) -> str:
        return self.title


class Reminder(models.Model):
    """One reminder of a duty, sent or passed over (催办记录). Once for each offset before each due time.

    `offset` is the time before `due_at`; zero is the notice that the duty is overdue.
    """

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="reminders", verbose_name="待办事项")
    due_at = models.DateTimeField("截止时间")
    offset = models.DurationField("提前量")
    recorded_at = models.DateTimeField("记录时间")
    passed = models.BooleanField("已错过", default=False)

    class Meta:
        verbose_name = "催办记录"
        constraints = (models.UniqueConstraint(fields=("duty", "due_at", "offset"), name="reminder_once"),)

    def __str__(self) -> str:
        return f"{self.duty_id}: {self.offset}"


class CalendarLink(models.Model):
    """Somebody's calendar subscription (日历订阅). The secret of its address is kept as a digest (SM3) alone."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="订阅人"
    )
    token_digest = models.CharField("密钥摘要", max_length=64, unique=True)
    made_at = models.DateTimeField("生成时间")
    read_at = models.DateTimeField("最近读取", null=True)

    class Meta:
        verbose_name = "日历订阅"

    def __str__(self) -> str:
        return f"{self.user_id}"
