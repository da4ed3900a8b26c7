"""What a correction changes, in words: each member as it stands and as it would stand.

Owns the words of members; the comparison is ``finding.differences``'s, so that nothing that changes is passed over. Kept by
``tests/portal/correcting/test_changes.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.vocabulary import Harm, Review
from app.portal.correcting.words import MEMBERS
from app.portal.finding.differences import Difference, differences
from app.portal.plain_words import said
from app.portal.words import gettext
from breakwater_client.extensions import OCSEA_CONTEXT


def told_changes(before: Mapping[str, Any], after: Mapping[str, Any], behaviours: Mapping[str, str]) -> list[Difference]:
    """Give what differs between two versions; ``behaviours``: names by codes."""
    found = differences(_in_words(before, behaviours), _in_words(after, behaviours))
    return [Difference(_title(one.member), one.before, one.after) for one in found]


def _title(member: str) -> str:
    return gettext(MEMBERS[member]) if member in MEMBERS else member.replace("_", " ")


def _in_words(value: Mapping[str, Any], behaviours: Mapping[str, str]) -> dict[str, Any]:
    """Give an object with words in the place of codes; without the reason of a correction, which is shown by itself."""
    context = {name: one for name, one in value["extensions"][OCSEA_CONTEXT].items() if name != "correction"}
    if "behaviours" in context:
        context["behaviours"] = [f"{one} {behaviours.get(one, '')}".strip() for one in context["behaviours"]]
    if "harm_types" in context:
        context["harm_types"] = [said(Harm, one) for one in context["harm_types"]]
    if "review" in context:
        context["review"] = said(Review, context["review"])
    return {**value, "extensions": {**value["extensions"], OCSEA_CONTEXT: context}}
