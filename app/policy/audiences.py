"""Whom an audience reaches.

Owns the reading of one audience. Does not know handlings or agreements, nor who is in a group; that *every* audience of a
handling must admit a reader is in ``app/policy/clauses.py``. Kept by ``tests/policy/test_audiences.py``.
"""

from __future__ import annotations

from app.domain.handling import Audience
from app.domain.vocabulary import ANY, Role
from app.policy.viewer import Viewer


def stands_in(word: str, words: frozenset[str]) -> bool:
    """Whether a list of roles or jurisdictions has this one, by itself or by ``"any"``. An empty list has none."""
    return word in words or ANY in words


def excludes(audience: Audience, partner_id: str) -> bool:
    """Whether the audience keeps this partner out by name, whatever else it says."""
    return partner_id in audience.partners_out


def names(audience: Audience, viewer: Viewer) -> bool:
    """Whether the audience admits this viewer one by one, or through a group that it reads; exclusion wins.

    A role or a jurisdiction is no name.
    """
    if excludes(audience, viewer.partner_id):
        return False
    return viewer.partner_id in audience.partners_in or any(map(viewer.reads, audience.groups))


def admits(audience: Audience, viewer: Viewer) -> bool:
    """Whether the audience reaches this viewer: by name or group, or by role *and* jurisdiction together; exclusion wins.

    An empty audience is nobody (MISP #4200: an empty sharing group reached everyone). NOT checked: whether the viewer is active.
    """
    if excludes(audience, viewer.partner_id):
        return False
    listed = stands_in(viewer.role, audience.roles) and stands_in(viewer.jurisdiction, audience.jurisdictions)
    return listed or names(audience, viewer)


def may_admit(audience: Audience, partner_id: str) -> bool:
    """Whether the audience leaves room for a partner of which its id alone is known, and perhaps is nobody's.

    For answers to the audience's owner, which must tell nothing of anybody's role, jurisdiction or existence.
    """
    if excludes(audience, partner_id):
        return False
    return bool(audience.roles and audience.jurisdictions) or partner_id in audience.partners_in


def is_nobody(audience: Audience) -> bool:
    """Whether the audience admits no partner whatever."""
    named = audience.partners_in - audience.partners_out
    return not (audience.roles and audience.jurisdictions) and not named and not audience.groups


def reaches_only(audience: Audience, role: Role, partner_ids: frozenset[str]) -> bool:
    """Whether the audience names this role or partners that have it, and nobody else; ``partner_ids`` are all that have it."""
    named = audience.partners_in - audience.partners_out
    return bool(audience.roles or named) and audience.roles <= {role} and named <= partner_ids and not audience.groups
