"""Whom an audience reaches.

Owns the reading of one audience. Does not know handlings, agreements or groups; that *every* audience of a handling must admit
a reader is in ``app/policy/clauses.py``. Kept by ``tests/policy/test_audiences.py``.
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


def names(audience: Audience, partner_id: str) -> bool:
    """Whether the audience admits this partner one by one; a role or a jurisdiction is no name, and exclusion wins."""
    return partner_id in audience.partners_in and not excludes(audience, partner_id)


def admits(audience: Audience, viewer: Viewer) -> bool:
    """Whether the audience reaches this viewer: by name, or by role *and* jurisdiction together; exclusion wins.

    An empty audience is nobody (MISP #4200: an empty sharing group reached everyone). NOT checked: whether the viewer is active.
    """
    if excludes(audience, viewer.partner_id):
        return False
    listed = stands_in(viewer.role, audience.roles) and stands_in(viewer.jurisdiction, audience.jurisdictions)
    return listed or names(audience, viewer.partner_id)


def reaches_only(audience: Audience, role: Role, partner_ids: frozenset[str]) -> bool:
    """Whether the audience names this role or partners that have it, and nobody else; ``partner_ids`` are all that have it."""
    named = audience.partners_in - audience.partners_out
    return bool(audience.roles or named) and audience.roles <= {role} and named <= partner_ids
