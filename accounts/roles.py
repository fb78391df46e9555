"""Who does what in the portal. A role is held in a scope: an organisation, a recommender, a scheme, or the whole portal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class RoleKind:
    """One role: its code, its name in words, and the kind of scope in which it is held."""

    code: str
    label: str
    scope_kind: str
    home: str


class Scope:
    PORTAL: Final = "portal"
    SCHEME: Final = "scheme"
    ORGANISATION: Final = "organisation"
    RECOMMENDER: Final = "recommender"
    # Key: the account. No grant has it; a thing of one person names it (Role.ONESELF).
    PERSON: Final = "person"


class Role:
    APPLICANT_OWNER: Final = "applicant_owner"
    APPLICANT_EDITOR: Final = "applicant_editor"
    APPLICANT_VIEWER: Final = "applicant_viewer"
    RECOMMENDER: Final = "recommender"
    RECOMMENDER_DEPUTY: Final = "recommender_deputy"
    REVIEWER: Final = "reviewer"
    OFFICE_CLERK: Final = "office_clerk"
    OFFICE_HEAD: Final = "office_head"
    COMMITTEE: Final = "committee"
    AUTHORITY: Final = "authority"
    FINANCE: Final = "finance"
    SUPERVISOR: Final = "supervisor"
    ADMINISTRATOR: Final = "administrator"
    SYSTEM: Final = "system"
    # Nobody is granted it: whoever the thing itself names (scope "person"), whatever else they hold.
    ONESELF: Final = "oneself"


ROLE_KINDS: Final = (
    RoleKind(Role.APPLICANT_OWNER, "申报组织 · 负责人", Scope.ORGANISATION, "applications:home"),
    RoleKind(Role.APPLICANT_EDITOR, "申报组织 · 编写人", Scope.ORGANISATION, "applications:home"),
    RoleKind(Role.APPLICANT_VIEWER, "申报组织 · 查看人", Scope.ORGANISATION, "applications:home"),
    RoleKind(Role.RECOMMENDER, "推荐单位", Scope.RECOMMENDER, "applications:recommendations"),
    RoleKind(Role.RECOMMENDER_DEPUTY, "受委托人", Scope.RECOMMENDER, "applications:recommendations"),
    RoleKind(Role.REVIEWER, "评审员", Scope.PORTAL, "scoring:desk"),
    RoleKind(Role.OFFICE_CLERK, "评定办 · 经办", Scope.SCHEME, "awards:office"),
    RoleKind(Role.OFFICE_HEAD, "评定办 · 主任", Scope.SCHEME, "awards:office"),
    RoleKind(Role.COMMITTEE, "评定委 · 委员", Scope.SCHEME, "scoring:committee"),
    RoleKind(Role.AUTHORITY, "批准机关", Scope.SCHEME, "scoring:authority"),
    RoleKind(Role.FINANCE, "财政 · 拨付", Scope.SCHEME, "publicity:payments"),
    RoleKind(Role.SUPERVISOR, "纪检监督", Scope.PORTAL, "accounts:ledger"),
    RoleKind(Role.ADMINISTRATOR, "系统管理员", Scope.PORTAL, "accounts:users"),
)
ROLES: Final = {kind.code: kind for kind in ROLE_KINDS}
APPLICANT_ROLES: Final = (Role.APPLICANT_OWNER, Role.APPLICANT_EDITOR, Role.APPLICANT_VIEWER)
APPLICANT_WRITERS: Final = (Role.APPLICANT_OWNER, Role.APPLICANT_EDITOR)
# Who does the duties of a role: its own holders, and those who may do the same in the same scope. An owner may do all
# that an editor may; a duty of the owner is one that no editor may act on.
ACT_FOR: Final = {Role.APPLICANT_EDITOR: APPLICANT_WRITERS}
RECOMMENDING_ROLES: Final = (Role.RECOMMENDER, Role.RECOMMENDER_DEPUTY)
OFFICE_ROLES: Final = (Role.OFFICE_CLERK, Role.OFFICE_HEAD)
OFFICIAL_ROLES: Final = (*OFFICE_ROLES, Role.COMMITTEE, Role.AUTHORITY, Role.FINANCE, Role.SUPERVISOR)
SCHEME_ROLES: Final = tuple(kind.code for kind in ROLE_KINDS if kind.scope_kind == Scope.SCHEME)
