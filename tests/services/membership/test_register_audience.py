from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import Code, ConflictError, ForbiddenError, MalformedInputError, NotFoundError, UntrustedSignatureError
from app.domain.handling import Audience
from app.domain.permissions import Permission
from app.services.answer_once import key_use
from app.services.membership.manage_keys import revoke_key
from app.services.membership.register_audience import (
    get_audience,
    list_audiences,
    read_audience,
    register_audience,
    sign_audience,
)
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.members import PARTNER_SCOPES, Hub, Member

ID = "audience--3e3a7c0e-9a0f-4c1e-8a1e-2f6d1d0b9c55"
PARTNER = "0b8f4f9e-7a53-4c6b-9a44-0a2d0c8f7e11"
DOCUMENT: dict[str, Any] = {
    "audience_id": ID,
    "roles": ["hotline", "law-enforcement"],
    "jurisdictions": ["IE", "any"],
    "partners_in": [PARTNER],
    "partners_out": [],
}
AUDIENCE = Audience(
    ID,
    "owner",
    roles=frozenset({"hotline", "law-enforcement"}),
    jurisdictions=frozenset({"IE", "any"}),
    partners_in=frozenset({PARTNER}),
)


def test_a_document_says_whom_an_audience_reaches() -> None:
    assert read_audience(DOCUMENT, "owner") == AUDIENCE


def test_four_empty_lists_are_an_audience_of_nobody() -> None:
    empty = {"audience_id": ID, "roles": [], "jurisdictions": [], "partners_in": [], "partners_out": []}
    assert read_audience(empty, "owner") == Audience(ID, "owner")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"audience_id": "audience--1"}, "/audience_id"),
        ({"audience_id": ID.upper()}, "/audience_id"),
        ({"audience_id": ID + "\n"}, "/audience_id"),
        ({"audience_id": None}, "/audience_id"),
        ({"roles": ["operator"]}, "/roles"),
        ({"roles": "hotline"}, "/roles"),
        ({"roles": [1]}, "/roles"),
        ({"jurisdictions": ["ie"]}, "/jurisdictions"),
        ({"jurisdictions": ["IRL"]}, "/jurisdictions"),
        ({"partners_in": ["any"]}, "/partners_in"),
        ({"partners_in": [PARTNER] * 1001}, "/partners_in"),
        ({"partners_out": ["Platform B"]}, "/partners_out"),
        ({"groups": []}, None),
    ],
)
def test_what_is_no_audience_is_refused_at_its_place(change: dict[str, Any], pointer: str | None) -> None:
    with pytest.raises(MalformedInputError) as caught:
        read_audience(DOCUMENT | change, "owner")
    assert caught.value.pointer == pointer


@pytest.mark.parametrize("document", [None, [], "audience", {"audience_id": ID}])
def test_what_has_not_its_five_members_is_no_audience(document: object) -> None:
    with pytest.raises(MalformedInputError):
        read_audience(document, "owner")


def test_a_registered_audience_is_read_back_with_its_envelope(quick_hub: Hub, publisher: Member) -> None:
    envelope = sign_audience(DOCUMENT, publisher.key)
    made = register_audience(quick_hub.exchange, publisher.principal, envelope)
    assert made.envelope == envelope
    assert made.audience == read_audience(DOCUMENT, publisher.id)
    assert get_audience(quick_hub.exchange, publisher.principal, ID) == made
    assert get_audience(quick_hub.exchange, quick_hub.operator, ID) == made


def test_another_partners_audience_is_as_absent(quick_hub: Hub, publisher: Member, other: Member) -> None:
    register_audience(quick_hub.exchange, publisher.principal, sign_audience(DOCUMENT, publisher.key))
    with pytest.raises(NotFoundError):
        get_audience(quick_hub.exchange, other.principal, ID)
    assert [one.audience.owner_id for one in list_audiences(quick_hub.exchange, other.principal)] == [other.id]


def test_an_audience_is_never_changed(quick_hub: Hub, publisher: Member, other: Member) -> None:
    envelope = sign_audience(DOCUMENT, publisher.key)
    register_audience(quick_hub.exchange, publisher.principal, envelope)
    wider = sign_audience(DOCUMENT | {"roles": ["any"]}, publisher.key)
    theirs = sign_audience(DOCUMENT, other.key)
    for member, again in ((publisher, envelope), (publisher, wider), (other, theirs)):
        with pytest.raises(ConflictError):
            register_audience(quick_hub.exchange, member.principal, again)
    assert get_audience(quick_hub.exchange, publisher.principal, ID).envelope == envelope


def test_a_repeated_request_gives_the_same_audience(quick_hub: Hub, publisher: Member) -> None:
    envelope = sign_audience(DOCUMENT, publisher.key)
    use = key_use(publisher.principal, "audiences", "key-1", b"body")
    first = register_audience(quick_hub.exchange, publisher.principal, envelope, use)
    assert register_audience(quick_hub.exchange, publisher.principal, envelope, use) == first


def test_an_audience_is_signed_with_an_active_key_of_its_own_partner(quick_hub: Hub, publisher: Member, other: Member) -> None:
    pending, revoked = publisher.add_key(active=False), publisher.add_key()
    revoke_key(quick_hub.exchange, publisher.principal, revoked.public.keyid)
    for key in (other.key, pending, revoked, PrivateKey.generate()):
        with pytest.raises(UntrustedSignatureError):
            register_audience(quick_hub.exchange, publisher.principal, sign_audience(DOCUMENT, key))
    with pytest.raises(NotFoundError):
        get_audience(quick_hub.exchange, quick_hub.operator, ID)


def test_a_signature_of_another_kind_does_not_count(quick_hub: Hub, publisher: Member) -> None:
    envelope = sign_envelope(PayloadType.STIX_OBJECT, canonical_bytes(DOCUMENT), publisher.key)
    with pytest.raises(UntrustedSignatureError):
        register_audience(quick_hub.exchange, publisher.principal, envelope | {"payloadType": PayloadType.AUDIENCE.value})


def test_a_signed_document_is_read_strictly(quick_hub: Hub, publisher: Member) -> None:
    twice = canonical_bytes(DOCUMENT)[:-1] + b',"roles":["any"]}'
    with pytest.raises(MalformedInputError) as caught:
        register_audience(quick_hub.exchange, publisher.principal, sign_envelope(PayloadType.AUDIENCE, twice, publisher.key))
    assert caught.value.code is Code.JSON_DUPLICATE_KEY


def test_operators_do_not_speak_for_publishers(quick_hub: Hub, publisher: Member) -> None:
    with pytest.raises(ForbiddenError):
        register_audience(quick_hub.exchange, quick_hub.operator, sign_audience(DOCUMENT, publisher.key))
    lesser = publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.AUDIENCES_WRITE, Permission.AUDIENCES_READ})
    with pytest.raises(ForbiddenError):
        register_audience(quick_hub.exchange, lesser, sign_audience(DOCUMENT, publisher.key))
    with pytest.raises(ForbiddenError):
        list_audiences(quick_hub.exchange, lesser)
