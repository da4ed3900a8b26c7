"""Domain values as the JSON documents that rows keep.

Owns the spelling of agreements, audiences, handlings and marking terms inside the database; sets are sorted,
so that equal values have equal text. Kept by ``tests/storage/test_documents.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import orjson

from app.domain.agreement import (
    Agreement,
    CrossBorderTerms,
    ReadTerms,
    ReadVolume,
    RecallTerms,
    SignatureRequired,
    WriteTerms,
)
from app.domain.handling import (
    POSTING_AUDIENCE,
    Audience,
    DefaultHandling,
    GroupShare,
    Handling,
    HandlingClass,
    MarkingTerms,
    Publisher,
    posting_audience,
)
from app.domain.vocabulary import (
    ANY,
    Assurance,
    Channel,
    Harm,
    OnwardShare,
    OverdueRecall,
    PermittedUse,
    Profile,
    Purpose,
    Review,
    Role,
    Sensitivity,
    SubjectStatus,
    Tlp,
    TransferBasis,
)

_PARTS = ("read", "write", "default_handling", "recall")
_FLAGS = ("is_listed", "is_suspended")
# Agreements from before the clause was asked say nothing of borders, and meant none.
_FROM_ANYWHERE = {"jurisdictions": [ANY], "sensitivities": list(Sensitivity), "basis": TransferBasis.NOT_STATED}


def dump(value: Any) -> str:
    """Give compact JSON with sorted keys; sets become sorted lists and instants RFC 3339."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()


def load(text: str) -> Any:
    """Give the plain value of a stored document."""
    return orjson.loads(text)


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def dump_terms(agreement: Agreement) -> str:
    """Give an agreement's terms as text."""
    return dump({name: asdict(getattr(agreement, name)) for name in _PARTS} | {name: getattr(agreement, name) for name in _FLAGS})


def load_agreement(row: Any) -> Agreement:
    """Give the agreement of a row of ``agreement``."""
    return Agreement(
        partner_id=row.partner_id,
        version=row.version,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        created_at=row.created_at,
        created_by=row.created_by,
        **load_terms(load(row.document)),
    )


def load_terms(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Give the terms of a stored or signed document as the members of an ``Agreement``; other members are passed over."""
    read, write, default = terms["read"], terms["write"], terms["default_handling"]
    recall = terms.get("recall", {})
    return {
        "read": ReadTerms(
            publisher_roles=frozenset(read["publisher_roles"]),
            publisher_jurisdictions=frozenset(read["publisher_jurisdictions"]),
            purposes=frozenset(map(Purpose, read["purposes"])),
            tlp_ceiling=Tlp(read["tlp_ceiling"]),
            sensitivities=frozenset(map(Sensitivity, read["sensitivities"])),
            harm_types=frozenset(map(Harm, read["harm_types"])),
            channels=frozenset(map(Channel, read["channels"])),
            cross_border=_load_cross_border(read.get("cross_border", _FROM_ANYWHERE)),
            volume=ReadVolume(**read.get("volume", {})),
        ),
        "write": WriteTerms(
            profiles=frozenset(map(Profile, write["profiles"])),
            assurances=frozenset(map(Assurance, write["assurances"])),
            sensitivities=frozenset(map(Sensitivity, write["sensitivities"])),
            harm_types=frozenset(map(Harm, write["harm_types"])),
            # Agreements from before these terms existed have none of them.
            signature_required=_load_signature_required(write.get("signature_required", {})),
            passes_on=frozenset(write.get("passes_on", ())),
            carries_statements=write.get("carries_statements", False),
            objects_per_day=write.get("objects_per_day"),
        ),
        "default_handling": DefaultHandling(
            tlp=Tlp(default["tlp"]),
            sensitivity=Sensitivity(default["sensitivity"]),
            harm_types=frozenset(map(Harm, default["harm_types"])),
            audience_id=default["audience_id"],
            purposes=frozenset(map(Purpose, default["purposes"])),
            permitted_uses=frozenset(map(PermittedUse, default["permitted_uses"])),
            onward_share=OnwardShare(default["onward_share"]),
        ),
        "recall": RecallTerms(**recall | {"overdue": OverdueRecall(recall["overdue"])}) if recall else RecallTerms(),
        "is_listed": terms.get("is_listed", False),
        "is_suspended": terms.get("is_suspended", False),
    }


def _load_cross_border(terms: Mapping[str, Any]) -> CrossBorderTerms:
    return CrossBorderTerms(
        jurisdictions=frozenset(terms["jurisdictions"]),
        sensitivities=frozenset(map(Sensitivity, terms["sensitivities"])),
        basis=TransferBasis(terms["basis"]),
    )


def _load_signature_required(terms: Mapping[str, Any]) -> SignatureRequired:
    return SignatureRequired(
        sensitivities=frozenset(map(Sensitivity, terms.get("sensitivities", ()))),
        harm_types=frozenset(map(Harm, terms.get("harm_types", ()))),
    )


def load_audience(audience_id: str, owner_id: str, document: Mapping[str, Any]) -> Audience:
    """Give the audience of a stored document."""
    return Audience(
        audience_id,
        owner_id,
        roles=frozenset(document["roles"]),
        jurisdictions=frozenset(document["jurisdictions"]),
        partners_in=frozenset(document["partners_in"]),
        partners_out=frozenset(document["partners_out"]),
    )


def dump_class(handling_class: HandlingClass) -> str:
    """Give a handling class as text: equal classes have equal text. Audiences stand by their id, sharing groups by themselves.

    What is in the exchange and in no group says nothing of where it is.
    """
    handlings = [_plain_handling(handling) for handling in handling_class.handlings]
    plain: dict[str, Any] = {"owner": handling_class.owner_id, "handlings": sorted(handlings, key=dump)}
    if not handling_class.in_exchange:
        plain["in_exchange"] = False
    if handling_class.shared_with:
        plain["shared_with"] = _plain_shares(handling_class.shared_with)
    if handling_class.addressed_to is not None:
        plain["addressed_to"] = handling_class.addressed_to
    return dump(plain)


def _plain_shares(shares: Iterable[GroupShare]) -> list[list[Any]]:
    return [[share.group_id, share.generation] for share in sorted(shares)]


def _load_shares(plain: Iterable[list[Any]]) -> frozenset[GroupShare]:
    return frozenset(GroupShare(group_id, generation) for group_id, generation in plain)


def audience_ids_of(document: Mapping[str, Any]) -> frozenset[str]:
    """List the audiences that a stored class names."""
    return frozenset(audience_id for handling in document["handlings"] for audience_id in handling["audiences"])


def load_class(
    document: Mapping[str, Any], audiences: Mapping[str, Audience], loaded: dict[str, Handling] | None = None
) -> HandlingClass:
    """Give the handling class of a stored document; ``audiences`` must hold each that it names.

    ``loaded`` keeps handlings between calls: chains of references put the same ones into many classes, which then share them.
    """
    known = {} if loaded is None else loaded
    texts = [dump(handling) for handling in document["handlings"]]
    for text, handling in zip(texts, document["handlings"], strict=True):
        if text not in known:
            known[text] = _load_handling(handling, audiences)
    return HandlingClass(
        document["owner"],
        frozenset(known[text] for text in texts),
        in_exchange=document.get("in_exchange", True),
        shared_with=_load_shares(document.get("shared_with", ())),
        addressed_to=frozenset(document["addressed_to"]) if "addressed_to" in document else None,
    )


def _plain_handling(handling: Handling) -> dict[str, Any]:
    # Field by field: ``asdict`` copies deeply, and this runs for every class of every submission.
    stated: dict[str, Any] = {one.name: getattr(handling, one.name) for one in fields(handling)}
    publisher = {one.name: getattr(handling.publisher, one.name) for one in fields(handling.publisher)}
    registered = sorted(one.audience_id for one in handling.audiences if one.audience_id != POSTING_AUDIENCE)
    posted_to = sorted(_plain_shares(one.groups) for one in handling.audiences if one.audience_id == POSTING_AUDIENCE)
    return stated | {"publisher": publisher, "audiences": registered} | ({"posted_to": posted_to} if posted_to else {})


def _load_handling(document: Mapping[str, Any], audiences: Mapping[str, Audience]) -> Handling:
    publisher = document["publisher"]
    registered = {audiences[audience_id] for audience_id in document["audiences"]}
    posted_to = {posting_audience(publisher["partner_id"], _load_shares(shares)) for shares in document.get("posted_to", ())}
    return Handling(
        publisher=Publisher(publisher["partner_id"], Role(publisher["role"]), publisher["jurisdiction"]),
        assurance=Assurance(document["assurance"]),
        tlp=Tlp(document["tlp"]),
        sensitivity=Sensitivity(document["sensitivity"]),
        harm_types=frozenset(map(Harm, document["harm_types"])),
        audiences=frozenset(registered | posted_to),
        purposes=frozenset(map(Purpose, document["purposes"])),
        permitted_uses=frozenset(map(PermittedUse, document["permitted_uses"])),
        onward_share=OnwardShare(document["onward_share"]),
        subject_status=SubjectStatus(document["subject_status"]),
        review=Review(document["review"]),
    )


def load_marking_terms(text: str) -> MarkingTerms:
    """Give the terms of a stored marking."""
    terms = load(text)
    return MarkingTerms(
        tlp=Tlp(terms["tlp"]) if terms["tlp"] else None,
        audience_id=terms["audience_id"],
        purposes=None if terms["purposes"] is None else frozenset(map(Purpose, terms["purposes"])),
        permitted_uses=None if terms["permitted_uses"] is None else frozenset(map(PermittedUse, terms["permitted_uses"])),
        onward_share=OnwardShare(terms["onward_share"]) if terms["onward_share"] else None,
        release_at=_instant(terms["release_at"]),
        expires_at=_instant(terms["expires_at"]),
        is_statement=terms.get("is_statement", False),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
