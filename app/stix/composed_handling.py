"""The handlings of what is composed: one marking for each, and plain words for what it means.

Owns how the narrower handlings are made of the one that the form says: for accounts that may be a child's or were taken over, and
for terms. Who in fact sees an object is policy's answer alone. Kept by ``tests/stix/test_composed_handling.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.composed import Tier
from app.domain.observation import WhoMayKnow
from app.domain.stix_object import JsonObject
from app.domain.vocabulary import OnwardShare, PermittedUse, Purpose, Sensitivity, Tlp
from app.stix.judge_form import PROTECTED_PURPOSES, RESTRICTED_PURPOSES
from breakwater_client.extensions import HANDLING
from breakwater_client.tlp_markings import TLP_MARKINGS

USUAL_USES = frozenset(
    {
        PermittedUse.DETECT,
        PermittedUse.ENFORCE_AFTER_OWN_REVIEW,
        PermittedUse.LE_INVESTIGATION,
        PermittedUse.NO_AUTOMATED_ENFORCEMENT,
        PermittedUse.SAFETY_DESIGN,
    }
)
"""What readers may do where a form does not say."""

PROTECTED_USES = frozenset(
    {
        PermittedUse.HUMAN_REVIEW_ONLY,
        PermittedUse.LE_INVESTIGATION,
        PermittedUse.NO_AUTOMATED_ENFORCEMENT,
        PermittedUse.NO_MODEL_TRAINING,
        PermittedUse.NO_SUBJECT_CONTACT,
    }
)
"""What they may do with an account that may be a child's, whatever the form says."""

_TLP_2 = {
    label: stix_id for stix_id, label in reversed(list(TLP_MARKINGS.items()))
}  # of each label the first listed, which is TLP 2.0
_NAMES = {
    Tier.SHARED: "Handling of an observation",
    Tier.RESTRICTED: "Handling of terms",
    Tier.PROTECTED: "Handling of accounts to protect",
}
_TIERS = {
    Tier.PROTECTED: "Law enforcement and hotlines only, for review by people; never enforcement against the account.",
    Tier.RESTRICTED: "Whom the audience admits; a term is passed on to nobody and trains no model.",
    Tier.SHARED: "Whom the audience admits.",
}
_SENSITIVITIES = {
    Sensitivity.IDENTIFYING: "It points at somebody: law enforcement, and partners whom the audience or a group names.",
    Sensitivity.BEHAVIOURAL: "It points at nobody; regulators and researchers do not see it.",
    Sensitivity.AGGREGATE: "It points at nobody.",
}


@dataclass(frozen=True, slots=True)
class TierTerms:
    """What the handling of a tier says; None where the agreement's default speaks."""

    tlp: Tlp
    audience_id: str | None
    purposes: frozenset[Purpose] | None
    permitted_uses: frozenset[PermittedUse]
    onward_share: OnwardShare


def terms_of(who: WhoMayKnow, tier: Tier) -> TierTerms:
    """Give what a tier's handling says; never more than the form does."""
    uses = who.permitted_uses or USUAL_USES
    if tier is Tier.SHARED:
        return TierTerms(who.tlp, who.audience_id, who.purposes, uses, who.onward_share)
    tlp = max(who.tlp, Tlp.AMBER_STRICT, key=lambda label: label.rank)
    if tier is Tier.PROTECTED:
        audience = who.protected_audience_id or who.audience_id
        purposes = PROTECTED_PURPOSES & (who.purposes or PROTECTED_PURPOSES)
        return TierTerms(tlp, audience, purposes, PROTECTED_USES, OnwardShare.NONE)
    purposes = RESTRICTED_PURPOSES & (who.purposes or RESTRICTED_PURPOSES)
    return TierTerms(tlp, who.audience_id, purposes, uses | {PermittedUse.NO_MODEL_TRAINING}, OnwardShare.NONE)


def marking_of(who: WhoMayKnow, tier: Tier, common: Mapping[str, Any]) -> JsonObject | None:
    """Give the marking of a tier with ``common`` members; None where the form names a marking that says it all."""
    if who.marking_ref is not None and tier is Tier.SHARED:
        return None
    terms = terms_of(who, tier)
    handling: dict[str, Any] = {
        "extension_type": "property-extension",
        "tlp": terms.tlp.value,
        **({"audience_id": terms.audience_id} if terms.audience_id else {}),
        **({"purposes": sorted(terms.purposes)} if terms.purposes else {}),
        "permitted_uses": sorted(terms.permitted_uses),
        "onward_share": terms.onward_share.value,
    }
    stix_id = f"marking-definition--{uuid.uuid4()}"
    return {"type": "marking-definition", "id": stix_id, **common, "name": _NAMES[tier], "extensions": {HANDLING: handling}}


def marking_refs(who: WhoMayKnow, tier: Tier, marking: JsonObject | None) -> list[str]:
    """Give the markings that an object of a tier carries: its own, the TLP 2.0 label for other tools, and the form's."""
    own = [] if marking is None else [marking["id"], _TLP_2[terms_of(who, tier).tlp]]
    return [*own, *([who.marking_ref] if who.marking_ref else [])]


def handling_words(who: WhoMayKnow, tier: Tier, sensitivity: Sensitivity) -> str:
    """Say for people what the handling of an object means."""
    if who.marking_ref is not None and tier is Tier.SHARED:
        return f"As your marking says. {_SENSITIVITIES[sensitivity]}"
    terms = terms_of(who, tier)
    purposes = f"for {', '.join(sorted(terms.purposes))}" if terms.purposes else "for what your agreement's default says"
    passing = {
        OnwardShare.NONE: "passed on to nobody",
        OnwardShare.SAME_ORGANISATION: "passed on within the reader's organisation",
        OnwardShare.LISTED: "passed on to whom the reader's agreement lists",
    }[terms.onward_share]
    wide = "" if tier is Tier.PROTECTED else f" {_SENSITIVITIES[sensitivity]}"
    return f"{_TIERS[tier]}{wide} TLP:{terms.tlp.value.upper()}, {purposes}; {passing}."
