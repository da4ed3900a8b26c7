"""Which kinds of organisations a handling leaves out by itself, and why: told where nobody who is listed by name sees something.

Owns that this is said from the handling alone, so that it tells nothing of who is a member. Kept by
``tests/portal/sharing/test_kinds_left_out.py``.
"""

from __future__ import annotations

from app.domain.handling import Handling
from app.domain.vocabulary import ANY, Role, Sensitivity
from app.policy.clauses import AGGREGATES_ONLY_ROLES, PROTECTED_SUBJECTS, PROTECTING_ROLES, Clause
from app.portal.plain_words import capital, several, spoken
from app.portal.words import gettext


def kinds_left_out(handling: Handling) -> list[tuple[str, str]]:
    """Give each kind that sees nothing of it, but for whom its audience names, with the reason; the last row is of others."""
    found = [(capital(several(role)), why) for role in Role if (why := _why(handling, role))]
    others = (
        gettext("Organisations that are not listed by name"),
        gettext("whether one of them sees it, its agreement with the exchange decides; who they are is not told"),
    )
    return [*found, others]


def _why(handling: Handling, role: Role) -> str:
    if not handling.audiences:
        return spoken(Clause.AUDIENCE_MISSING)
    if handling.subject_status in PROTECTED_SUBJECTS and role not in PROTECTING_ROLES:
        return spoken(Clause.SUBJECT_PROTECTED)
    if role in AGGREGATES_ONLY_ROLES and handling.sensitivity is not Sensitivity.AGGREGATE:
        return gettext("they read numbers only")
    if any(role not in one.roles and ANY not in one.roles for one in handling.audiences):
        return gettext("the audience does not admit them, but for those that it names")
    if handling.sensitivity is Sensitivity.IDENTIFYING and role is not Role.LAW_ENFORCEMENT:
        return gettext("it leads to a person: they see it only where the audience names them")
    return ""
