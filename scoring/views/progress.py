"""Where a cycle's review stands: what is missing, and the one next step of the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse

from applications.models import Application
from awards.models import Cycle
from awards.pages import page_of_cycle
from scoring.models import Panel, Stage
from scoring.queries import blind
from scoring.queries.progress import Progress
from scoring.queries.waiting import Waiting
from scoring.services.panels import UNDECIDED


@dataclass(frozen=True)
class Gap:
    """Something that holds the review up, with the page where it is put right."""

    text: str
    href: str = ""
    action: str = ""
    tone: str = "warn"


@dataclass
class Standing:
    """What is missing, and the next step: words, and its page if it is the office's."""

    gaps: list[Gap] = field(default_factory=list)
    label: str = ""
    href: str = ""
    words: str = ""

    def offer(self, label: str, href: str, words: str) -> None:
        """The first offer is the next step."""
        if not self.words:
            self.label, self.href, self.words = label, href, words


def cycle_state(
    cycle: Cycle, progress: Sequence[Progress], formable: Sequence[Waiting], user: object
) -> Standing:
    """The standing of the stage that the cycle is in."""
    if cycle.state in ("draft", "open"):
        return Standing(words="申报截止、全部申报有了资格审核结论，材料评审才能开始。")
    if cycle.state == "checking":
        return _checking(cycle, user)
    if cycle.state in (Panel.Kind.MATERIAL, Panel.Kind.SITE):
        return _review(cycle, [entry for entry in progress if entry.panel.kind == cycle.state], formable)
    if cycle.state == "cancelled":
        return Standing(words="本年度已取消，评审不再进行。")
    page = page_of_cycle("scoring:ranking", cycle)
    return Standing(label="查看综合排名", href=page, words="评审已经完成，综合排名已锁定。")


def _checking(cycle: Cycle, user: object) -> Standing:
    standing = Standing()
    rows = blind(Application.objects.filter(cycle=cycle), user).values_list("state", flat=True)
    states = list(rows)
    undecided = sum(state in UNDECIDED for state in states)
    page = page_of_cycle("applications:office_list", cycle)
    if undecided:
        standing.gaps.append(Gap(f"{undecided} 家还没有资格审核结论。", page, "去审核"))
        standing.offer("办理资格审核", page, "全部申报有了资格审核结论，才能开始材料评审。")
    elif "accepted" not in states:
        standing.offer("查看申报", page, "没有资格审核通过的申报，材料评审不能开始。")
    standing.gaps += _timetable_gaps(cycle, (Stage.MATERIAL,))
    standing.offer(
        "开始材料评审",
        reverse("scoring:start_material_review", args=[cycle.pk]),
        f"全部申报都有了资格审核结论，{states.count('accepted')} 家进入材料评审。",
    )
    return standing


def _review(cycle: Cycle, progress: Sequence[Progress], formable: Sequence[Waiting]) -> Standing:
    """1. What has to be mended; 2. who has no panel; 3. what has not started; 4. whom to wait for; 5. the end."""
    standing, kind = Standing(), Panel.Kind(cycle.state)
    standing.gaps += _timetable_gaps(
        cycle, (Stage.MATERIAL,) if kind == Panel.Kind.MATERIAL else (Stage.PRESENTATION, Stage.SITE)
    )
    for entry in progress:
        _mend(standing, entry)
    if not hasattr(cycle, "shortlist") or kind == Panel.Kind.SITE:
        for one in formable:
            _form(standing, cycle, one)
    for entry in progress:
        if entry.panel.state == "forming":
            href = reverse("scoring:start_panel", args=[entry.panel.pk])
            standing.gaps.append(Gap(f"{entry.panel}还没有启动。", entry.panel.get_absolute_url(), "去核对"))
            standing.offer(f"启动{entry.panel}", href, "启动后评分表发给各成员。")
    for entry in progress:
        _draw(standing, entry)
    for entry in progress:
        _wait(standing, entry)
    if not standing.words:
        _end(standing, cycle, kind)
    return standing


def _timetable_gaps(cycle: Cycle, stages: Sequence[Stage]) -> list[Gap]:
    page = page_of_cycle("awards:set_timetable", cycle)
    missing = [stage.label for stage in stages if stage not in cycle.timetable]
    words = f"工作安排里还没有{'、'.join(missing)}的时间，评审组不能启动。"
    return [Gap(words, page, "去安排")] if missing else []


def _mend(standing: Standing, entry: Progress) -> None:
    panel = entry.panel
    if entry.vacancies:
        names = "、".join(dict.fromkeys(line.application.filed_name for line in entry.vacancies))
        href = reverse("scoring:seat_substitute", args=[panel.pk])
        standing.gaps.append(
            Gap(f"{panel}评审{names}的人数不足或者没有行业专家。", href, "补充评审员", "bad")
        )
        standing.offer("补充评审员", href, f"{panel}有申报组织的评审员人数不足，补充后评审才能继续。")
    if entry.leaderless:
        href = reverse("scoring:change_lead", args=[panel.pk])
        standing.gaps.append(Gap(f"{panel}的组长须回避或者不能履职。", href, "另定组长", "bad"))
        standing.offer("另定组长", href, f"{panel}的组长不能主持合议，请另定组长。")


def _form(standing: Standing, cycle: Cycle, waiting: Waiting) -> None:
    kind, names = waiting.kind, waiting.names
    if names and kind == cycle.state:
        href = f"{reverse('scoring:form_panel', args=[cycle.pk])}?kind={kind.value}"
        named = "、".join(names[:3]) + (f"等 {len(names)} 家" if len(names) > 3 else "")
        standing.gaps.append(Gap(f"{named}还没有分给{kind.label}。", href, "组建评审组"))
        standing.offer(f"组建{kind.label}", href, f"还有 {len(names)} 家申报组织没有评审组。")


def _draw(standing: Standing, entry: Progress) -> None:
    """A site panel at work hears its applicants at times drawn by lot."""
    panel, schedule = entry.panel, getattr(entry.panel, "schedule", None)
    heard = [line for line in entry.lines if line.stage == Stage.PRESENTATION]
    if panel.state != "working" or not heard or (schedule is not None and schedule.drawn_at is not None):
        return
    if not any(line in entry.open_lines for line in heard):
        return
    href = reverse("scoring:schedule", args=[panel.pk])
    words = "还没有抽签" if schedule else "还没有排定场次"
    standing.gaps.append(Gap(f"{panel}的陈述答辩{words}。", href, "去安排"))
    standing.offer("安排陈述答辩", href, f"{panel}的陈述答辩{words}，抽签后通知申报组织和评审员。")


def _wait(standing: Standing, entry: Progress) -> None:
    if entry.panel.state != "working":
        return
    page = entry.panel.get_absolute_url()
    for member, number in entry.undeclared.items():
        words = f"{member.reviewer.user.name}还有 {number} 家没有申报有无利害关系（{entry.panel}）。"
        standing.gaps.append(Gap(words, page, "查看", "neutral"))
    left, unsigned = entry.sheets - entry.sealed, len(entry.open_lines)
    if left:
        standing.gaps.append(Gap(f"{entry.panel}还有 {left} 份评分表没有封存。", page, "查看", "neutral"))
    if unsigned:
        standing.gaps.append(
            Gap(f"{entry.panel}还有 {unsigned} 份评审报告没有签署。", page, "查看", "neutral")
        )
        standing.offer("", "", "评审正在进行：评审员封存评分表、组长签署报告之后，再办下一步。")


def _end(standing: Standing, cycle: Cycle, kind: Panel.Kind) -> None:
    if kind == Panel.Kind.SITE:
        page = page_of_cycle("scoring:ranking", cycle)
        standing.offer("锁定综合排名", page, "陈述答辩和现场评审的报告都已签署。")
        return
    page = page_of_cycle("scoring:shortlist", cycle)
    if hasattr(cycle, "shortlist"):
        standing.offer("开始陈述答辩与现场评审", page, "入围名单已确定，下一步进入陈述答辩与现场评审。")
    else:
        standing.offer("确定入围名单", page, "材料评审报告都已签署，可以确定入围名单。")
