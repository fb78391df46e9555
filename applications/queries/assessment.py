"""Reading the self-assessment: how it is given, how far it is, and the whole for whoever may read the application."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from django.db.models import Case, F, Prefetch, QuerySet, TextField, Value, When

from applications.models import (
    Application,
    AssessmentItem,
    AssessmentPrint,
    ItemEvidence,
    SelfAssessment,
)
from applications.queries.assessed import ONLINE, Assessment, ItemState, Progress, ReadItem
from applications.queries.figures import charts_of, figure_rows, is_blank
from applications.queries.images import html_of, image_address, image_numbers
from applications.rules import markup, self_scores
from awards.law.criteria import Item

REPORT: Final = SelfAssessment.Mode.REPORT


def mode_of(application: Application) -> str:
    """How the self-assessment is given; an application that chose nothing uploads a report."""
    chosen: SelfAssessment | None = getattr(application, "self_assessment", None)
    return str(chosen.mode) if chosen else str(REPORT)


def is_online(application: Application) -> bool:
    return mode_of(application) == ONLINE


def years_of(application: Application) -> tuple[int, int, int]:
    """The three complete years that the key figures are about, rising."""
    year = application.cycle.year
    return year - 3, year - 2, year - 1


def assessment_progress(application: Application) -> Progress:
    """The overview, by one query, whatever is filled in; by a second one where pictures stand without a word."""
    criteria = application.cycle.criteria
    wordless = Case(When(words=0, then=F("text")), default=Value(""), output_field=TextField())
    found = application.assessment_items.select_related("saved_by").defer("text").annotate(wordless=wordless)
    rows = {row.code: row for row in found}
    pictured = _pictured(application, {code: row.wordless for code, row in rows.items()})
    groups = tuple(
        (category, tuple(_state(item, rows.get(item.code), pictured) for item in category.items))
        for category in criteria.categories
    )
    states = [state for _, own in groups for state in own]
    return Progress(
        groups,
        sum(state.words for state in states),
        application.cycle.edition.value("report_word_limit"),
        self_scores.total(criteria, [(state.item.code, state.percent) for state in states]),
    )


def assessment_of(
    application: Application,
    *,
    image_url: Callable[[int], str] | None = None,
    printed: bool = False,
    on_item: Callable[[Item], None] = lambda item: None,
) -> Assessment:
    """What is submitted as self-assessment, ready to be read: four queries, however much is written.

    Whether the asker may see `application` is the caller's check. `image_url`: picture number → address, for
    readers who can't open the applicant's own pages (reviewers); `printed`: charts for a document; `on_item` is told
    of each item before it is set (progress).
    """
    criteria, years = application.cycle.criteria, years_of(application)
    if not is_online(application):
        pages = pages_of_items(application)
        return Assessment(
            application,
            str(REPORT),
            tuple(
                (category, tuple(ReadItem(item, pages=pages.get(item.code)) for item in category.items))
                for category in criteria.categories
            ),
            years,
            report=application.report,
            report_name=application.report_name,
        )
    rows = {row.code: row for row in _whole(application)}
    shown = image_numbers(application)
    numbers = tuple(shown)
    url = image_url or (lambda number: image_address(application, number))

    def address(number: int) -> str:
        return shown[number] or url(number)

    groups = []
    for category in criteria.categories:
        reads = []
        for item in category.items:
            on_item(item)
            reads.append(_read(item, rows.get(item.code), numbers, address, years, printed))
        groups.append((category, tuple(reads)))
    return Assessment(
        application,
        str(ONLINE),
        tuple(groups),
        years,
        words=sum(row.words for row in rows.values()),
        total=self_scores.total(criteria, [(row.code, row.self_percent) for row in rows.values()]),
        report=application.report,
        report_name=application.report_name,
        images=numbers,
    )


def pages_of_items(application: Application) -> dict[str, tuple[int, int]]:
    """Item code → (first, last page) in the uploaded report, for opening it at the right place."""
    rows = application.page_index.values_list("code", "first_page", "last_page")
    return {code: (first, last) for code, first, last in rows}


def item_of(application: Application, code: str) -> AssessmentItem | None:
    return application.assessment_items.select_related("saved_by").filter(code=code).first()


def assessment_parts(application: Application) -> list[tuple[str, str, Any]]:
    """What is submitted of the self-assessment: (code, label, content) of every item, or of the page index."""
    if not is_online(application):
        pages = pages_of_items(application)
        return (
            [("pages", "自评报告页码索引", {code: list(pair) for code, pair in pages.items()})]
            if pages
            else []
        )
    files = dict(application.assessment_images.values_list("number", "file__digest"))
    rows = {row.code: row for row in _whole(application)}
    return [
        (f"item-{item.code}", f"自评 {item.code} {item.title}", _content(rows[item.code], files))
        for item in application.cycle.criteria.items
        if item.code in rows
    ]


def item_in_words(application: Application) -> dict[str, str]:
    """Code of the item → its text, self-score and key figures in lines; nothing for an uploaded report."""
    if not is_online(application):
        return {}
    return {
        row.code: "\n".join(_lines(row)) for row in application.assessment_items.prefetch_related("figures")
    }


def prints_visible_to(user: object, application: Application, *, own: bool) -> QuerySet[AssessmentPrint]:
    """The applicant's people see every print of their file; a reader only what they asked for themselves."""
    rows = application.prints.select_related("file", "requested_by")
    return rows if own else rows.filter(requested_by=getattr(user, "pk", None))


def _pictured(application: Application, texts: Mapping[str, str]) -> set[str]:
    """The items whose text (code → text) shows a picture. One that has yet to be scanned will be seen; an infected one never."""
    named = {code: markup.images_in(text) for code, text in texts.items()}
    if not any(named.values()):
        return set()
    seen = {number for number, mark in image_numbers(application).items() if mark != markup.INFECTED}
    return {code for code, numbers in named.items() if numbers & seen}


def _state(item: Item, row: AssessmentItem | None, pictured: set[str]) -> ItemState:
    if row is None:
        return ItemState(item)
    return ItemState(
        item,
        row.words,
        row.self_percent,
        row.figure_count,
        row.saved_at,
        row.saved_by.name,
        item.code in pictured,
    )


def _whole(application: Application) -> QuerySet[AssessmentItem]:
    links = ItemEvidence.objects.select_related("evidence__file")
    return application.assessment_items.prefetch_related("figures", Prefetch("evidence_links", links))


def _read(
    item: Item,
    row: AssessmentItem | None,
    numbers: tuple[int, ...],
    address: Callable[[int], str],
    years: tuple[int, int, int],
    printed: bool,
) -> ReadItem:
    if row is None:
        return ReadItem(item)
    figures = tuple(figure for figure in row.figures.all() if not is_blank(figure))
    return ReadItem(
        item,
        html_of(row.text, numbers, address),
        row.words,
        row.self_percent,
        figures,
        charts_of(figures, key=f"chart-{item.code.replace('.', '-')}", printed=printed),
        tuple(link for link in row.evidence_links.all() if link.evidence.removed_at is None),
    )


def _content(row: AssessmentItem, files: dict[int, str]) -> dict[str, Any]:
    live = [link for link in row.evidence_links.all() if link.evidence.removed_at is None]
    return {
        "text": row.text,
        "self_percent": row.self_percent,
        "figures": figure_rows(tuple(row.figures.all())),
        "evidence": [[link.evidence.file.digest, link.note] for link in live],
        "images": [
            [number, files[number]] for number in sorted(markup.images_in(row.text)) if number in files
        ],
    }


def _lines(row: AssessmentItem) -> Iterator[str]:
    yield row.text
    if row.self_percent is not None:
        yield f"自评百分比：{row.self_percent}%"
    for figure in row.figures.all():
        if not is_blank(figure):
            values = (figure.first, figure.second, figure.third)
            words = "、".join(self_scores.plain_number(value) or "—" for value in values)
            benchmark = self_scores.plain_number(figure.benchmark)
            against = f"，标杆 {benchmark} {figure.benchmark_name}".rstrip() if benchmark else ""
            yield f"关键数据：{figure}，{figure.last_year - 2} 至 {figure.last_year} 年 {words}{against}"
