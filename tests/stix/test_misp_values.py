"""MISP's own objects: a contact stays where its kind says so, alone; and kinds tell how near to a person an object is."""

from __future__ import annotations

from typing import Any

import pytest

from app.stix.misp_values import describes_person, holds_contact, is_contact


def attribute(kind: str, value: Any = "x") -> dict[str, Any]:
    return {"type": "x-misp-attribute", "x_misp_type": kind, "x_misp_value": value}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email-src", "ann@example.org"),
        ("email", "Ann Example <ann@example.org>"),
        ("phone-number", "+44 (20) 7946 0018"),
        ("whois-registrant-phone", "+1.2025550147"),
        ("target-user", "ann@example.org"),
        ("email-header", "From: ann@example.org\nTo: b@example.org"),
    ],
)
def test_a_contact_of_its_kind_stays(kind: str, value: str) -> None:
    assert is_contact("x-misp-attribute", attribute(kind, value), "x_misp_value")
    assert is_contact("x-misp-object", {"type": kind, "value": value}, "value")
    assert is_contact("x-misp-object", {"type": "text", "object_relation": kind, "value": value}, "value")


@pytest.mark.parametrize(
    ("object_type", "kind", "value"),
    [
        ("note", "email", "ann@example.org"),
        (None, "email", "ann@example.org"),
        ("x-misp-object", "user-report", "call her on +44 20 7946 0018"),
        ("x-misp-object", "email-body", "ann@example.org"),
        ("x-misp-object", "comment", "ann@example.org"),
        ("x-misp-object", "email", "write to ann@example.org, she is at home"),
        ("x-misp-object", "phone-number", "call her on +44 20 7946 0018"),
        ("x-misp-object", "username", "a" * 129),
        ("x-misp-object", "email", 7),
    ],
)
def test_anything_else_does_not(object_type: str | None, kind: str, value: Any) -> None:
    assert not is_contact(object_type, {"type": kind, "value": value}, "value")


@pytest.mark.parametrize("kind", ["email", "phone-number", "target-user", "whois-registrant-name", "first-name", "date-of-birth"])
def test_kinds_that_are_near_to_a_person(kind: str) -> None:
    assert holds_contact(attribute(kind))
    assert holds_contact({"type": "x-misp-object", "x_misp_attributes": [7, {"type": "text"}, {"type": kind, "value": "x"}]})
    assert not holds_contact({"type": "note", "x_misp_type": kind})


@pytest.mark.parametrize("kind", ["first-name", "date-of-birth", "passport-number"])
def test_kinds_that_describe_a_person(kind: str) -> None:
    assert describes_person(attribute(kind))
    assert describes_person({"type": "x-misp-object", "x_misp_attributes": [{"type": "text", "object_relation": kind}]})


@pytest.mark.parametrize("kind", ["text", "comment", "sha256", "domain", "btc", "vulnerability"])
def test_ordinary_threat_data_is_no_person(kind: str) -> None:
    assert not holds_contact(attribute(kind))
    assert not describes_person(attribute("email"))
    assert not holds_contact({"type": "x-misp-object", "x_misp_attributes": "none"})
