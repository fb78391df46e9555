"""The commitments of a file: their words, who has to sign them, and the signature that stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from applications.models import Application, Commitment, CommitmentInvitation
from applications.rules.commitments import Signed, lapse
from awards.law.editions import Edition
from ground.digest import sm3_hex

KEY: Final = "applicant_commitments"
# For a cycle pinned to an edition older than the parameter: what applicants pledged until then.
OLDER_WORDS: Final = (
    "申报材料真实、完整，无弄虚作假；知悉骗取荣誉的后果；自愿接受核查和社会监督。",
    "本承诺及于本次申报的全部材料，包括签署以后、提交以前所作的修改。",
)


@dataclass(frozen=True)
class Words:
    """The sentences that are signed, with their article and reading."""

    sentences: tuple[str, ...]
    article: str
    reading: str

    @property
    def digest(self) -> str:
        return sm3_hex("\n".join(self.sentences).encode())


def words_of(edition: Edition) -> Words:
    if edition.has(KEY):
        return Words(tuple(edition.value(KEY)), edition.article(KEY), edition.reading(KEY) or "")
    return Words(OLDER_WORDS, edition.article("application_files"), "")


def in_charge(application: Application) -> str:
    """Who has to sign: the legal representative or person in charge whom the register entry names today."""
    return application.organisation.legal_representative


def standing_commitment(application: Application) -> Commitment | None:
    """The last signature not ended, with its scan; whether it counts for whoever is in charge today: `lapse_of`."""
    rows = application.commitments.filter(ended_at=None).select_related("scan", "recorded_by")
    return rows.first()


def lapse_of(application: Application, given: Commitment | None) -> str:
    """Why the file needs another signature than `given`; "" if it stands (rules.commitments.lapse)."""
    signed = Signed(given.signatory, given.ended_at is not None) if given else None
    return lapse(signed, in_charge(application))


def link_of(given: Commitment | None) -> CommitmentInvitation | None:
    """The link that `given` was signed by, with whoever sent it; None for a sheet and where nothing is signed."""
    if given is None or given.way != Commitment.Way.LINK:
        return None
    links = given.application.commitment_invitations.select_related("invited_by")
    return links.filter(accepted_at=given.recorded_at, email=given.email).first()


def open_link(application: Application) -> CommitmentInvitation | None:
    """The link sent last and not used or ended; it may have expired."""
    links = application.commitment_invitations.select_related("invited_by")
    return links.filter(accepted_at=None, revoked_at=None).first()
