"""Steps 5 and 6: panels, recusal, sheets, consolidated reports; then the shortlist and the site review."""

from __future__ import annotations

from datetime import timedelta

from demo import judging
from scoring.models import Consolidation, Panel, RecusalDeclaration, Sheet
from scoring.queries.hearing import hearing_of
from scoring.queries.score_forms import score_form
from scoring.services import declare_recusal, pledge_confidentiality, start_material_review
from tests.journeys.person import Person
from tests.journeys.year import Year

# Numbers of reviewers in the demo's list, the lead first; at least one is an expert.
MATERIAL_SEATS = (1, 5, 6, 2)
SITE_SEATS = (3, 8, 7)
WHY_THESE = "按材料评审得分从高到低，并考虑现场评审力量确定。"
WHY_NOT_ME = "本人二〇二四年至二〇二五年为该组织提供体系咨询。"


def review_material(year: Year) -> None:
    roster, cycle, now = year.cast.roster, year.cycle, year.cast.now
    start_material_review(cycle=cycle, actor=roster.users[f"{year.scheme}_clerk"], now=now)
    accepted = cycle.applications.filter(state="accepted")
    panel = judging.form_panel(roster, cycle, Panel.Kind.MATERIAL, MATERIAL_SEATS, accepted, now)
    judging.declare_none(panel, now)
    judging.score(roster, judging.open_sheets(panel), now + timedelta(days=2))
    judging.sign_reports(panel, now + timedelta(days=3))


def form_panel(year: Year, kind: str, seats: tuple[int, ...]) -> Panel:
    """A panel of two without an expert is refused with all that is missing; then it is formed and started."""
    clerk, people = year.clerk, [year.cast.roster.reviewers[number - 1] for number in seats]
    clerk.open(f"/cycles/{year.cycle.pk}/panels/new/?kind={kind}")
    clerk.fill(名称="第一组")
    for one in people[:2]:
        clerk.page.get_by_label(f"{one.user.name}：成员").check()
    if people[1].kind == "expert":
        clerk.page.get_by_label(f"{people[1].user.name}：成员").uncheck()
    clerk.press("组建评审组")
    clerk.sees("有内容需要改正", "组长", "行业专家")
    for one in people:
        clerk.page.get_by_label(f"{one.user.name}：成员").check()
        if one.kind == "expert":
            clerk.page.get_by_label(f"{one.user.name}：行业专家").check()
    clerk.page.get_by_label(f"{people[0].user.name}：组长").check()
    clerk.press("组建评审组")
    clerk.sees("已组建", *(one.user.name for one in people))
    clerk.follow("启动评审组")
    clerk.sees("启动以后")
    clerk.press("启动评审组")
    return Panel.objects.get(cycle=year.cycle, kind=kind)


def review_material_in_browser(year: Year, recused: str) -> None:
    """Panel, recusal, one sheet and one report in the browser; the other sheets and reports by services."""
    clerk, cycle, roster = year.clerk, year.cycle, year.cast.roster
    clerk.open(f"/cycles/{cycle.pk}/panels/")
    clerk.follow("开始材料评审")
    clerk.sees("开始以后")
    clerk.press("开始材料评审")
    panel = form_panel(year, "material", MATERIAL_SEATS)
    lead, other = year.cast["reviewer1"], year.cast["reviewer2"]
    _declare_in_browser(year, other, recused)
    _declare_in_browser(year, lead, "")
    _declare_the_rest(year, panel)
    year.cast.wait_until(year.cast.now + timedelta(days=5))
    sheet = Sheet.objects.get(
        reviewer__user__username="reviewer1", application=year.files[year.applicant.username]
    )
    theirs = Sheet.objects.filter(application=sheet.application).exclude(pk=sheet.pk).first()
    assert theirs is not None
    judging.score(roster, [one for one in judging.open_sheets(panel) if one.pk == theirs.pk], year.cast.now)
    lead.open(f"/scoring/sheets/{theirs.pk}/")
    lead.sees("没有找到")
    _score_in_browser(year, lead, sheet)
    judging.score(roster, judging.open_sheets(panel), year.cast.now)
    lead.open(f"/scoring/sheets/{theirs.pk}/")
    lead.sees(str(theirs.reviewer), "已于")
    _sign_in_browser(year, lead)
    judging.sign_reports(panel, year.cast.now)


def shortlist(year: Year, keys: tuple[str, ...]) -> None:
    """The head ticks who goes on, with a reason, and opens the site review."""
    head, cycle = year.head, year.cycle
    head.open(f"/cycles/{cycle.pk}/shortlist/")
    head.press("确定入围名单")
    head.sees("有内容需要改正", "请至少选择一家")
    for key in keys:
        head.main.get_by_label(f"{year.file(key).organisation.name}入围").check()
    head.fill(确定入围的理由=WHY_THESE)
    head.press("确定入围名单")
    head.sees("入围名单已确定", WHY_THESE)
    head.press("开始陈述答辩与现场评审")


def review_on_site(year: Year) -> None:
    """Presentation and site visit by the site panel."""
    roster, cycle, now = year.cast.roster, year.cycle, year.cast.now
    chosen = cycle.applications.filter(state="shortlisted")
    panel = judging.form_panel(roster, cycle, Panel.Kind.SITE, SITE_SEATS, chosen, now)
    judging.declare_none(panel, now)
    _score_both_stages(year, panel)


def review_on_site_in_browser(year: Year) -> None:
    """The site panel, and one presentation scored, in the browser."""
    panel = form_panel(year, "site", SITE_SEATS)
    _declare_the_rest(year, panel)
    sheet = Sheet.objects.get(
        reviewer__user__username="reviewer3",
        application=year.files[year.applicant.username],
        stage="presentation",
    )
    _score_in_browser(year, year.cast["reviewer3"], sheet)
    _score_both_stages(year, panel)


def _score_both_stages(year: Year, panel: Panel) -> None:
    now = year.cast.now
    for stage in ("presentation", "site"):
        judging.score(year.cast.roster, judging.open_sheets(panel, stage), now + timedelta(days=2))
        judging.sign_reports(panel, now + timedelta(days=3), stage)


def _declare_in_browser(year: Year, reviewer: Person, recused: str) -> None:
    """Nothing opens before the declaration; whoever has a conflict never sees that file."""
    reviewer.open("/scoring/desk/")
    reviewer.sees("下一步：作出保密承诺")
    reviewer.follow("阅读并承诺")
    reviewer.tick("我已逐条阅读")
    reviewer.press("作出保密承诺")
    for application in year.cycle.applications.filter(state="accepted").select_related("organisation"):
        part = reviewer.part(application.organisation.name)
        if recused and application.pk == year.files[recused].pk:
            reviewer.choose("您与这家组织有无利害关系", "咨询", among=part)
            reviewer.fill(among=part, 具体情况=WHY_NOT_ME)
        else:
            reviewer.choose("您与这家组织有无利害关系", "没有利害关系", among=part)
        reviewer.press("提交申报", among=part)
        reviewer.sees("已登记")
    if recused:
        reviewer.open("/scoring/desk/")
        reviewer.sees_not(year.file(recused).organisation.name + " ")


def _declare_the_rest(year: Year, panel: Panel) -> None:
    declared = set(RecusalDeclaration.objects.values_list("reviewer_id", "application_id"))
    for seat in panel.members.select_related("reviewer__user"):
        pledge_confidentiality(
            reviewer=seat.reviewer,
            cycle=year.cycle,
            accepted=True,
            actor=seat.reviewer.user,
            now=year.cast.now,
        )
        for application in panel.applications.all():
            if (seat.reviewer_id, application.pk) in declared:
                continue
            declare_recusal(
                reviewer=seat.reviewer,
                application=application,
                kind="none",
                reason="",
                actor=seat.reviewer.user,
                now=year.cast.now,
            )


def _score_in_browser(year: Year, reviewer: Person, sheet: Sheet) -> None:
    """Every item by hand; with one left out the sheet can't be sealed, sealed it can't be changed."""
    reviewer.open("/scoring/desk/")
    rows = reviewer.main.get_by_role("region", name="待完成的评分表").locator("tr")
    row = rows.filter(has_text=year.applicant.name).filter(has_text=sheet.get_stage_display()).first
    reviewer.follow(year.applicant.name, among=row)
    reviewer.sees("申报材料", "第一步：选最符合的区间" if sheet.stage == "material" else "总分")
    items = reviewer.page.locator(".sheet-item")
    number = items.count()
    assert sheet.stage == "presentation" or number == 23
    for index in range(number):
        band = items.nth(index).get_by_role("radio", name="70%–85%")
        if band.count():
            band.check()
    for index in range(number - 1):
        items.nth(index).get_by_role("combobox").select_option("70")
    reviewer.press("保存并核对封存")
    reviewer.sees("还不能封存")
    reviewer.follow("返回补充")
    items.last.get_by_role("combobox").select_option("75")
    reviewer.fill(总体评价="方法系统，展开充分。")
    reviewer.press("保存并核对封存")
    reviewer.sees("封存后评分不能再改")
    reviewer.press("封存评分")
    reviewer.sees("评分表已封存", "摘要（SM3）")
    sheet.refresh_from_db()
    assert sheet.state == "sealed"


def _sign_in_browser(year: Year, lead: Person) -> None:
    report = Consolidation.objects.get(application=year.files[year.applicant.username], stage="material")
    lead.open("/scoring/desk/")
    lead.sees("评审组合议", "待合议签署")
    lead.open(report.get_absolute_url())
    for row in lead.main.locator("tr").filter(has_text="须说明").all():
        row.get_by_label("说明").fill("经讨论，按多数意见和证据充分程度取值。")
    lead.fill(评审意见="评审组一致同意上述评分和意见。")
    if lead.main.get_by_role("button", name="保存并请成员表示意见").count():
        lead.press("保存并请成员表示意见")
        lead.sees("合议结果已保存", "待表示意见")
        _one_dissents(year, report)
        lead.open(report.get_absolute_url())
        lead.sees("成员都已表示意见")
    lead.press("保存并核对签署")
    lead.sees("签署后环节得分确定", "评审组一致同意上述评分和意见。")
    lead.tick("我已核对")
    lead.press("签署评审报告")
    lead.sees("评审报告已签署", "等待会签")
    report.refresh_from_db()
    judging.members_sign(report, year.cast.now, leave=1)
    last = _waiting(year, report)[-1]
    last.open("/scoring/desk/")
    last.follow("核对并会签")
    last.sees(report.digest, "待会签")
    last.tick("我已核对")
    last.press("会签评审报告")
    last.sees("您已会签评审报告", "与内容核对一致")


def _one_dissents(year: Year, report: Consolidation) -> None:
    """One member says no with a reason in the browser; the others agree by services."""
    one = _waiting(year, report)[-1]
    one.open("/scoring/desk/")
    one.follow("表示意见")
    one.tick("各项全部不同意")
    one.fill(全部不同意的理由="提供的证据只覆盖一个车间。")
    one.press("提交意见")
    one.sees("您的意见已登记", "提供的证据只覆盖一个车间。")
    judging.members_agree(report, year.cast.now)


def _waiting(year: Year, report: Consolidation) -> list[Person]:
    """The members who still have to speak, or to sign."""
    hearing = hearing_of(report, score_form(year.cycle, report.stage))
    waiting = hearing.silent if report.state == "open" else hearing.unsigned
    return [year.cast[member.reviewer.user.username] for member in waiting]
