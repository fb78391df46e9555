"""What is handed in, part by part with the digest of each; and what the person in charge signs for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from applications.models import Application, Commitment
from applications.queries.assessment import assessment_parts
from applications.queries.commitments import standing_commitment, words_of
from applications.queries.facts import facts_document
from applications.queries.progress import live_evidence
from applications.queries.register import register_to_submit
from applications.queries.years import figures_to_submit
from ground.digest import canonical_json, sm3_hex

SHEET: Final = "commitments-sheet"
# Parts of which a draft has only what was handed in before, or which are the signature itself.
_NOT_SIGNED_FOR: Final = frozenset({"pledge", "register", "figures", SHEET})


def parts(application: Application) -> list[dict[str, str]]:
    """What is submitted, part by part, each with its SM3 digest: [{code, label, digest}]."""
    signed = standing_commitment(application)
    rows = [
        _part("facts", "申报条件自述", facts_document(application)),
        _part("notes", "条件说明", application.notes),
        _part("profile", "组织概述", application.profile_text),
        _part("recommender", "推荐单位", application.recommender.name if application.recommender else ""),
        _part("pledge", "真实性承诺", _pledge(application, signed)),
    ]
    if application.submitted_register:
        rows.append(_part("register", "组织登记信息", application.submitted_register))
    if application.submitted_figures:
        rows.append(_part("figures", "近三年经营数据", application.submitted_figures))
    if application.report is not None:
        rows.append(
            {
                "code": "report",
                "label": f"自评报告：{application.report_name}",
                "digest": application.report.digest,
            }
        )
    rows += [_part(*part) for part in assessment_parts(application)]
    rows += [
        {"code": f"evidence-{piece.pk}", "label": f"证明材料：{piece.name}", "digest": piece.file.digest}
        for piece in live_evidence(application)
    ]
    if signed is not None and signed.scan is not None:
        rows.append({"code": SHEET, "label": f"承诺书：{signed.scan_name}", "digest": signed.scan.digest})
    return rows


def digest_of_parts(rows: Iterable[Mapping[str, str]]) -> str:
    return sm3_hex(canonical_json([dict(row) for row in rows]))


def _part(code: str, label: str, content: Any) -> dict[str, str]:
    return {"code": code, "label": label, "digest": sm3_hex(canonical_json(content))}


def signed_for(application: Application, now: datetime) -> str:
    """The digest of what a signature at `now` is given for: the file as it stands, and the words of the commitments."""
    rows = [row for row in parts(application) if row["code"] not in _NOT_SIGNED_FOR]
    rows += [
        _part("register", "组织登记信息", register_to_submit(application.organisation)),
        _part("figures", "近三年经营数据", figures_to_submit(application.organisation, now)),
        _part("words", "承诺内容", list(words_of(application.cycle.edition).sentences)),
    ]
    return digest_of_parts(rows)


def _pledge(application: Application, signed: Commitment | None) -> list[str]:
    """Who signed, when, how and for what; files handed in before signatures were kept have only the name."""
    named = [application.signatory, application.signatory_post]
    if signed is None:
        return named
    return [*named, signed.way, signed.signed_on.isoformat(), signed.digest]
