"""Which partners are one organisation: a part counts as the whole. Kept by ``tests/policy/test_organisations.py``.

``parents`` gives, for each partner's id that is a part of another, that other's id.
"""

from __future__ import annotations

from collections.abc import Mapping


def organisation_of(partner_id: str, parents: Mapping[str, str]) -> str:
    """Give what a partner counts as: the topmost of those that it is a part of, so that a company is one organisation."""
    seen = {partner_id}
    while (parent := parents.get(partner_id)) is not None and parent not in seen:
        partner_id = parent
        seen.add(parent)
    return partner_id


def is_one_organisation(one: str, other: str, parents: Mapping[str, str]) -> bool:
    """Whether two partners are parts of one organisation, or the same."""
    return organisation_of(one, parents) == organisation_of(other, parents)
