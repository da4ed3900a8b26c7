from __future__ import annotations

from app.portal.correcting.correction_form import LISTS, TEXTS, field_of, read_correction, typed_of
from app.portal.forms import Sent
from app.services.drafting.correctable import Correctable
from breakwater_client.signing.correction import correctable_members
from tests.factories.stix_objects import context, indicator

VALUE = indicator(
    stated=context(behaviours=["OP-002", "OP-001"]),
    confidence=70,
    valid_until="2026-06-01T10:30:00.000Z",
    description="One.\nTwo.",
)
FOUND = Correctable(VALUE["id"], "v", VALUE, correctable_members(VALUE), None, None)


def sent(**changes: object) -> Sent:
    typed = typed_of(FOUND) | changes
    return Sent({name: typed[name] for name in ("version", "revision", "reason", *TEXTS)}, {name: typed[name] for name in LISTS})


def test_what_is_shown_and_sent_back_changes_nothing() -> None:
    assert typed_of(FOUND)["valid_until"] == "2026-06-01T10:30"
    assert read_correction(sent(description="One.\r\nTwo. "), FOUND).changes == {}


def test_what_is_changed_or_emptied_is_read() -> None:
    given = sent(confidence="", valid_until="2026-05-01T00:00", behaviours=["OP-001"], name="Other", reason="outdated")
    changes = {"confidence": None, "valid_until": "2026-05-01T00:00:00Z", "behaviours": ["OP-001"], "name": "Other"}
    read = read_correction(given, FOUND)
    assert (read.version, read.reason, read.changes) == ("v", "outdated", changes)
    assert typed_of(FOUND, changes, "outdated")["confidence"] == ""


def test_a_place_in_an_object_is_told_at_its_field() -> None:
    assert field_of("/extensions/extension-definition--1/behaviours/0") == "behaviours"
    assert field_of("/objects/0/description") == "description"
    assert field_of("/reason") == "reason"
    assert field_of("/labels") == field_of("") == ""
