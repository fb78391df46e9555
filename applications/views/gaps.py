"""What is missing in a file, task by task, each gap with the address of the very field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from applications.models import Application
from applications.queries.section import Gap, Section
from applications.questions import BY_CODE, FIGURES, ORGANISATION, OTHER
from applications.views.reaching import WAY_BACK

REGISTER_PAGES = {ORGANISATION: "applications:edit_organisation", FIGURES: "applications:year_figures"}


@dataclass(frozen=True)
class GapLink:
    """A gap in words, and where it is filled; `article` may be empty."""

    text: str
    href: str
    article: str = ""


@dataclass(frozen=True)
class Fold:
    """Items of one category without a text: one line that opens to the links."""

    label: str
    links: tuple[GapLink, ...]


@dataclass(frozen=True)
class GapBlock:
    """A task with something missing: its state as in the task list, how much, and the links."""

    label: str
    state: str
    count: int
    links: tuple[GapLink, ...]
    folds: tuple[Fold, ...] = ()

    @property
    def href(self) -> str:
        """Where to begin with this task."""
        first = self.folds[0].links if self.folds else self.links
        return first[0].href


def gap_blocks(
    application: Application, sections: Iterable[Section], others: Sequence[Gap]
) -> list[GapBlock]:
    """A block for each task with gaps, in the order of the file; `others`: gaps beyond the sections."""
    extra = [Section(OTHER, "其他材料", "active", tuple(others))] if others else []
    return [_block(application, section) for section in (*sections, *extra) if section.gaps]


def gap_href(application: Application, gap: Gap) -> str:
    """The very field in which a gap is filled."""
    return section_href(application, gap.section) + (f"#{gap.field}" if gap.field else "")


def section_href(application: Application, section: str) -> str:
    """The page on which a section is filled in."""
    if section in BY_CODE or section == OTHER:
        return reverse("applications:condition", args=[application.pk, section])
    if section.startswith("item-"):
        return reverse("applications:assessment_item", args=[application.pk, section.removeprefix("item-")])
    if section in REGISTER_PAGES:
        page = reverse(REGISTER_PAGES[section], args=[application.organisation_id])
        return f"{page}?{WAY_BACK}={application.pk}"
    names = {"recommender": "choose_recommender", "report": "assessment", "report-file": "report"}
    return reverse(f"applications:{names.get(section, section)}", args=[application.pk])


def _block(application: Application, section: Section) -> GapBlock:
    items = {
        gap.section.removeprefix("item-"): gap for gap in section.gaps if gap.section.startswith("item-")
    }
    links = [
        GapLink(gap.message.removeprefix(f"{section.label}："), gap_href(application, gap), gap.article)
        for gap in section.gaps
        if not gap.section.startswith("item-")
    ]
    folds = []
    for category in application.cycle.criteria.categories if items else ():
        empty = [item for item in category.items if item.code in items]
        if empty:
            own = [
                GapLink(f"{item.code} {item.title}", gap_href(application, items[item.code]))
                for item in empty
            ]
            words = f"{category.code} {category.title}：{len(empty)} 个条目未填写"
            folds.append(Fold(words, tuple(own)))
    return GapBlock(section.label, section.state, len(section.gaps), tuple(links), tuple(folds))
