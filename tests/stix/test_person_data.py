"""Person data in an object: refused in free text and in members that describe a child, left alone where it has its place."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import Code, ForbiddenContentError
from app.stix.person_data import check_person_data
from breakwater_client.documents.pointers import is_known_name
from breakwater_client.extensions import OCSEA_CONTEXT
from tests.factories.runaway import no_runaway
from tests.stix.authored_objects import authored_objects

ADDRESS = "anna@example.org"
TELEPHONE = "+1 555 010 0199"
FOREIGN = "extension-definition--9b2b6c3e-2a44-4f0c-8d11-6a3f5b7c9d01"

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    **{
        f"an address in {name}": ({"type": "report", name: f"seen with {ADDRESS}"}, f"/{name}")
        for name in ("name", "description", "content", "abstract", "explanation", "statement", "x_note", "objective", "comment")
        if is_known_name(name)
    },
    "an address in a member of one's own": ({"x_note": ADDRESS}, ""),
    "an address in labels": ({"labels": ["one", ADDRESS]}, "/labels/1"),
    "an address in aliases": ({"type": "threat-actor", "aliases": [ADDRESS]}, "/aliases/0"),
    "an address of a citation": (
        {"external_references": [{"source_name": "a", "description": ADDRESS}]},
        "/external_references/0/description",
    ),
    "an address as a case's number": (
        {"external_references": [{"source_name": "a", "external_id": ADDRESS}]},
        "/external_references/0/external_id",
    ),
    "an address as a phase": ({"kill_chain_phases": [{"phase_name": ADDRESS}]}, "/kill_chain_phases/0/phase_name"),
    "an address in a marking": ({"type": "marking-definition", "definition": {"statement": ADDRESS}}, "/definition/statement"),
    "an address of a person": (
        {"type": "identity", "identity_class": "Individual", "contact_information": ADDRESS},
        "/contact_information",
    ),
    "an address in translated content": ({"type": "language-content", "contents": {"de": {"name": ADDRESS}}}, "/contents"),
    "an address in a foreign extension": ({"extensions": {FOREIGN: {"note": ADDRESS}}}, "/extensions"),
    "an address in an observable's own member": ({"type": "url", "value": "https://example.org", "x_seen_by": ADDRESS}, ""),
    "an address in a type of one's own": ({"type": "x-thing", "value": ADDRESS}, "/value"),
    "an address in the body of a message": ({"type": "email-message", "body": ADDRESS}, "/body"),
    "an address in hashes": ({"hashes": {"MD5": ADDRESS}}, "/hashes/MD5"),
    "an address where a time stands": ({"created": ADDRESS}, "/created"),
    "an address deep inside": ({"x_a": [[{"b": [{"description": ADDRESS}]}]]}, ""),
    "a telephone number in a description": ({"description": f"call {TELEPHONE}"}, "/description"),
    "a telephone number by the name of its member": ({"x_phone": "5550100"}, ""),
    "a telephone number in a list": ({"labels": ["x", TELEPHONE]}, "/labels/1"),
    "a child's name": ({"x_victim_name": "A."}, ""),
    "a child's age": ({"external_references": [{"source_name": "a", "childs_age": 9}]}, "/external_references/0"),
    "a date of birth, empty": ({"x_own": {"victimDob": None}}, ""),
    "a child's picture as a list": ({"x_own": {"minor-photo": []}}, ""),
    "a key of a dictionary": ({"contents": {"name_of_victim": "x"}}, "/contents"),
    **{
        f"an address, a report's {name}": (
            {"extensions": {OCSEA_CONTEXT: {"already_reported_to": [{name: ADDRESS}]}}},
            f"/extensions/{OCSEA_CONTEXT}/already_reported_to/0/{name}",
        )
        for name in ("body", "reference")
    },
    "a telephone number, a report's number": (
        {"extensions": {OCSEA_CONTEXT: {"already_reported_to": [{"reference": TELEPHONE}]}}},
        f"/extensions/{OCSEA_CONTEXT}/already_reported_to/0/reference",
    ),
    "an address as a service": ({"type": "payment-handle", "service": ADDRESS}, "/service"),
    "a telephone number as a service": ({"type": "live-room", "service": TELEPHONE}, "/service"),
    "an address as an authority's number": ({"type": "preservation-request", "reference": ADDRESS}, "/reference"),
    "an address as a key": ({"x_nested": {ADDRESS: 1}}, ""),
    "an address as a key that says yes": ({"x_nested": {ADDRESS: True}}, ""),
    "a telephone number as a key": ({"x_nested": {"+442079460018": []}}, ""),
    "a telephone number as a member": ({"+44 20 7946 0018": 1}, ""),
    "an address to write to": (
        {"external_references": [{"source_name": "a", "url": f"mailto:{ADDRESS}"}]},
        "/external_references/0/url",
    ),
    "a number to call": (
        {"external_references": [{"source_name": "a", "url": "TEL:+442079460018"}]},
        "/external_references/0/url",
    ),
    "a telephone number as a case's number": (
        {"external_references": [{"source_name": "a", "external_id": "+442079460018"}]},
        "/external_references/0/external_id",
    ),
    "a contact beside a kind of other tools": (
        {"type": "note", "x_foo": [{"type": "user-report", "value": f"call her on {TELEPHONE}"}]},
        "",
    ),
    "a contact of its kind in no object of that tool": ({"type": "note", "x_foo": [{"type": "email", "value": ADDRESS}]}, ""),
    "a text around a contact of its kind": (
        {"type": "x-misp-attribute", "x_misp_type": "phone-number", "x_misp_value": f"call her on {TELEPHONE}"},
        "",
    ),
    "a comment beside a contact": (
        {"type": "x-misp-attribute", "x_misp_type": "email", "x_misp_value": ADDRESS, "x_misp_comment": f"or {TELEPHONE}"},
        "",
    ),
    "a child inside": ({"x_child": {"name": "Ann Example", "age": 9}}, ""),
    "a person who is a victim": ({"x_person": {"name": "Ann Example", "age": 9, "role": "victim"}}, ""),
    "the object itself is of a victim": ({"x_role": "Victim", "x_age": 9}, ""),
    "a school in an extension": ({"extensions": {FOREIGN: {"school": "x"}}}, "/extensions"),
}

PASSES: dict[str, dict[str, Any]] = {
    "an e-mail address": {"type": "email-addr", "value": ADDRESS, "display_name": ADDRESS},
    "an account": {"type": "user-account", "account_login": ADDRESS, "user_id": TELEPHONE, "display_name": ADDRESS},
    "a pattern": {"type": "indicator", "pattern": f"[email-addr:value = '{ADDRESS}']"},
    "a web address": {"type": "url", "value": f"https://example.org/?m={ADDRESS}&t=+15550100199"},
    "a message's headers": {
        "type": "email-message",
        "message_id": f"<{ADDRESS}>",
        "subject": f"for {ADDRESS}",
        "received_lines": [f"from example.org for <{ADDRESS}>"],
        "additional_header_fields": {"Reply-To": [ADDRESS]},
    },
    "an organisation's contact": {
        "type": "identity",
        "identity_class": "organization",
        "contact_information": f"{ADDRESS}, {TELEPHONE}",
    },
    "an observed account": {
        "type": "observed-data",
        "objects": {"0": {"type": "email-addr", "value": ADDRESS}, "1": {"type": "user-account", "account_login": ADDRESS}},
    },
    "a certificate": {"type": "x509-certificate", "subject": f"CN=a, emailAddress={ADDRESS}", "serial_number": "+15550100199"},
    "a request": {
        "type": "network-traffic",
        "extensions": {"http-request-ext": {"request_value": f"/?m={ADDRESS}", "request_header": {"From": [ADDRESS]}}},
    },
    "a command": {"type": "process", "command_line": f"mail {ADDRESS}"},
    "a citation's address": {"external_references": [{"source_name": "a", "url": f"https://example.org/{ADDRESS}"}]},
    "an attribute of another tool": {
        "type": "x-misp-object",
        "x_misp_attributes": [{"type": "email-src", "object_relation": "from", "value": ADDRESS}],
    },
    "a contact of its kind, in an attribute of MISP": {
        "type": "x-misp-attribute",
        "x_misp_type": "email",
        "x_misp_value": ADDRESS,
    },
    "a branch of a tree": {"x_parent_child": {"name": "proc"}},
    "keys that are no contacts": {"x_a": {"10:20": 1, "a b": 2, "+1": 3, "192.0.2.1": 4, "2026-01-02 10:00": 5}},
    "reports in our context": {
        "extensions": {OCSEA_CONTEXT: {"already_reported_to": [{"body": "Example Hotline", "reference": "0171-1234567"}]}}
    },
    "statistics": {
        "x_victims_count": 12,
        "x_child_age_range": "8-11",
        "x_age_assurance": "none",
        "x_child_account_default": "private",
    },
    "a flag": {"x_victim_name_known": True, "x_victim_name": False},
    "a case's number": {
        "external_references": [{"source_name": "a", "external_id": "0171-1234567"}],
        "x_case_number": "0171-1234567",
    },
    "numbers side by side": {"labels": ["phone", "5550100"]},
    "times": {"created": "2026-01-02T10:00:00.000Z", "description": "2026-01-02T10:00:00.000Z"},
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_at_its_place(name: str) -> None:
    value, place = REFUSED[name]
    with pytest.raises(ForbiddenContentError) as refusal:
        check_person_data(value)
    assert (refusal.value.code, refusal.value.pointer) == (Code.PERSON_DATA_FORBIDDEN, place)
    assert not {"anna", "555", "victimDob"} & set(refusal.value.sentence.split())
    assert ADDRESS not in refusal.value.sentence


@pytest.mark.parametrize("name", PASSES)
def test_it_passes(name: str) -> None:
    check_person_data(PASSES[name])


@pytest.mark.parametrize("type_name", sorted(authored_objects()))
def test_authored_objects_pass(type_name: str) -> None:
    check_person_data(authored_objects()[type_name])


@pytest.mark.parametrize(
    "value",
    [
        {f"x_{number}": "a" for number in range(80_000)},
        {"labels": ["+1 0 " * 4] * 50_000},
        {"labels": ["反复出现的新账户"] * 30_000},
        {"x": [{"a": number} for number in range(80_000)]},
        {"description": "tel 1 " * 170_000},
    ],
    ids=["many members", "many numbers", "another script", "many objects", "one text"],
)
def test_a_very_large_object_takes_little_time(value: dict[str, Any]) -> None:
    with no_runaway():
        check_person_data(value)
