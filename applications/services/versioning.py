"""How versions are kept, whatever they are of: typing goes on in one, what is taken out stays in an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, QuerySet

from accounts.models import User
from applications.models import Application, SectionVersion
from applications.models.versions import KeptVersion
from applications.queries.versions import answers_taken_back, content_in_words, section_content
from applications.rules.difference import removed

VERSIONS_KEPT: Final = 30
TYPING_SPAN: Final = timedelta(minutes=10)
REMOVED_MOST: Final = 100
_TYPED: Final = (KeptVersion.Kind.SAVED, KeptVersion.Kind.ASIDE)


def typed_on(
    newest: KeptVersion | None,
    values: Mapping[str, Any],
    *,
    kind: str,
    taken: int,
    by: User,
    now: datetime,
) -> bool:
    """Let `newest` become `values` if typing goes on in it: same kind and person, lately begun, nearly nothing taken out.

    `taken`: how many letters the change takes out. False: nothing was done, a version of its own is due.
    """
    if (
        newest is None
        or newest.kind != kind
        or kind not in _TYPED
        or newest.saved_by_id != by.pk
        or now - newest.started_at >= TYPING_SPAN
        or newest.removed + taken > REMOVED_MOST
    ):
        return False
    for name, value in values.items():
        setattr(newest, name, value)
    newest.removed += taken
    newest.saved_at = now
    newest.save()
    return True


def prune(versions: QuerySet[Any]) -> None:
    """Let go of all but the newest 30."""
    kept = versions.values_list("pk", flat=True)[:VERSIONS_KEPT]
    versions.exclude(pk__in=list(kept)).delete()


def keep_sections(
    application: Application, sections: list[str], *, kind: str, by: User, now: datetime
) -> None:
    """Keep how these sections stand now; the number of queries does not grow with theirs, unless typing goes on.

    What `by` had put aside and has now saved after all is no longer called 未采用.
    """
    rows = application.section_versions.filter(section__in=sections)
    standing = rows.exclude(kind=KeptVersion.Kind.ASIDE).order_by("section", "-id").distinct("section")
    newest = {row.section: row for row in standing}
    contents = {section: section_content(application, section) for section in sections}
    aside = rows.filter(kind=KeptVersion.Kind.ASIDE, saved_by=by)
    taken_up = [row.pk for row in aside if row.content == contents[row.section]]
    if taken_up:
        rows.filter(pk__in=taken_up).delete()
    due = (
        _begun(application, section, content, newest.get(section), kind, by, now)
        for section, content in contents.items()
    )
    _add(application, [version for version in due if version is not None])


def put_section_aside(
    application: Application, section: str, content: Mapping[str, Any], *, by: User, now: datetime
) -> bool:
    """Keep what `by` wrote over somebody's newer text, as 未采用的一份; False where it is kept already."""
    kind = KeptVersion.Kind.ASIDE
    newest = application.section_versions.filter(section=section, kind=kind, saved_by=by).first()
    if newest is not None and newest.content == content:
        return False
    if version := _begun(application, section, content, newest, kind, by, now):
        _add(application, [version])
    return True


def _begun(
    application: Application,
    section: str,
    content: Mapping[str, Any],
    newest: SectionVersion | None,
    kind: str,
    by: User,
    now: datetime,
) -> SectionVersion | None:
    """The version that is due for `content`; None where typing goes on in `newest`."""
    if newest is not None and not answers_taken_back(newest.content, content):
        before = content_in_words(application, section, newest.content)
        taken = removed(before, content_in_words(application, section, content))
        if typed_on(newest, {"content": content}, kind=kind, taken=taken, by=by, now=now):
            return None
    return SectionVersion(
        application=application,
        section=section,
        content=content,
        kind=kind,
        saved_by=by,
        started_at=now,
        saved_at=now,
    )


def _add(application: Application, fresh: list[SectionVersion]) -> None:
    if not fresh:
        return
    SectionVersion.objects.bulk_create(fresh)
    rows = application.section_versions.filter(section__in=[version.section for version in fresh])
    counted = rows.order_by().values_list("section").annotate(kept=Count("pk")).filter(kept__gt=VERSIONS_KEPT)
    for section, _ in counted:
        prune(rows.filter(section=section))
