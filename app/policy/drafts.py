"""Who may do what with a draft: its author changes it, another person of the same organisation reads it as the second.

Owns the four-eyes rule: the second reader is never the author, whichever session or token is used, since persons are compared;
and nobody whom the author could have made, or who could have made the author.
Rights to drafts at all are ``app/policy/scopes.py``'s. Kept by ``tests/policy/test_drafts.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.draft import Draft, DraftState
from app.domain.partner import Principal

_NEW = (
    "You were added to your organisation, or were let in by a colleague, less than three days ago. Until then somebody who has "
    "been there for longer reads this as the second."
)
_INVITED = (
    "One of you two invited the other to sign in here, or issued the token that is used. Somebody else reads this as the second, "
    "so that nobody can make a second reader for themselves."
)
_CHANGEABLE = frozenset({DraftState.OPEN, DraftState.IN_REVIEW, DraftState.RETURNED})


@dataclass(frozen=True, slots=True)
class Standing:
    """How who reads stands to who entered it: whether they are a newcomer, and whether either ever invited the other."""

    is_new: bool = False
    is_by_invitation: bool = False


def is_author(principal: Principal, draft: Draft) -> bool:
    """Whether a caller is the person who entered a draft."""
    return _person_id(principal) == draft.author_id and _is_own(principal, draft)


def may_see(principal: Principal, draft: Draft) -> bool:
    """Whether a draft is there for a caller: for its author, and from the hand-over on for others of the organisation."""
    if is_author(principal, draft):
        return True
    return _is_own(principal, draft) and _person_id(principal) is not None and draft.frozen is not None


def why_not_changed(draft: Draft) -> str | None:
    """Give why its author cannot change a draft any more, or None. One that is being read can be: it comes back first."""
    if draft.state in _CHANGEABLE:
        return None
    return "This draft was approved: it waits for the signature, or was sent, and cannot be changed any more."


def why_not_second(principal: Principal, draft: Draft, standing: Standing) -> str | None:
    """Give why a caller who sees a draft is not its second reader, or None."""
    if _person_id(principal) in {None, draft.author_id}:
        return "The second reader is another person than the one who entered it."
    if standing.is_by_invitation:
        return _INVITED
    if standing.is_new:
        return _NEW
    if draft.state is not DraftState.IN_REVIEW:
        return "This draft does not wait for a second reader now: it was changed, or another one was faster."
    return None


def _person_id(principal: Principal) -> str | None:
    return None if principal.person is None else principal.person.person_id


def _is_own(principal: Principal, draft: Draft) -> bool:
    return principal.partner is not None and principal.partner.partner_id == draft.partner_id
