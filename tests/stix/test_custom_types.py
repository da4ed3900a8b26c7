"""Custom objects: an extension makes a type, and says what kind of object it is."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import Code, ProfileError
from app.stix.custom_types import custom_type, is_defined_by_extension, is_deprecated_custom_type
from app.stix.object_types import Kind
from app.stix.schema import check_schema
from tests.stix.authored_objects import A_UUID, CREATED, FOREIGN_EXTENSION, PUBLISHER

OTHER_EXTENSION = f"extension-definition--{A_UUID}"
COMMON = {"spec_version": "2.1", "created": CREATED, "modified": CREATED, "created_by_ref": PUBLISHER}


def custom(word: str, type_name: str = "phone-number", **properties: Any) -> dict[str, Any]:
    extensions = {FOREIGN_EXTENSION: {"extension_type": word}}
    return {"type": type_name, "id": f"{type_name}--{A_UUID}", "extensions": extensions, **properties}


def refusal_of(value: dict[str, Any]) -> ProfileError:
    with pytest.raises(ProfileError) as refusal:
        check_schema(value)
    return refusal.value


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (custom("new-sdo", **COMMON, anything={"deep": [1]}), Kind.DOMAIN),
        (custom("new-sco", value="x"), Kind.OBSERVABLE),
        (custom("new-sro", **COMMON, source_ref=f"url--{A_UUID}", target_ref=f"own-type--{A_UUID}"), Kind.RELATIONSHIP),
        (custom("new-sro", **COMMON), Kind.RELATIONSHIP),
        ({"type": "x-own", "id": f"x-own--{A_UUID}", **COMMON}, Kind.DOMAIN),
        ({"type": "x-own", "id": f"x-own--{A_UUID}", "value": "x"}, Kind.OBSERVABLE),
        (custom("new-sdo", "x-own", **COMMON), Kind.DOMAIN),
        (custom("new-sco", "a" * 250), Kind.OBSERVABLE),
    ],
)
def test_an_object_of_ones_own_type_is_taken_as_its_kind(value: dict[str, Any], kind: Kind) -> None:
    assert check_schema(value).kind is kind


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        (custom("new-sdo", value="x"), ""),
        (custom("new-sdo", **{**COMMON, "modified": "2020-01-01T00:00:00.000Z"}), "/modified"),
        (custom("new-sdo", **{**COMMON, "created": "2026-02-30T00:00:00.000Z"}), "/created"),
        (custom("new-sdo", **{**COMMON, "created_by_ref": f"url--{A_UUID}"}), "/created_by_ref"),
        (custom("new-sro", **COMMON, source_ref="x"), "/source_ref"),
        (custom("new-sro", **COMMON, target_ref=f"url--{A_UUID.upper()}"), "/target_ref"),
        (custom("new-sco", id=f"url--{A_UUID}"), "/id"),
        (custom("new-sco", object_marking_refs=[f"url--{A_UUID}"]), "/object_marking_refs/0"),
        (custom("new-sco", spec_version="2.0"), "/spec_version"),
        (custom("new-sco", "Phone"), "/type"),
        (custom("new-sco", "phone--number"), "/type"),
        (custom("new-sco", "a" * 251), "/type"),
        (custom("new-sco", "ab"), "/type"),
        (custom("new-sco", "phone-"), "/type"),
        (custom("new-sco", "9phone"), "/type"),
        ({"type": "x-own", "id": f"x-own--{A_UUID}", "created": CREATED}, ""),
    ],
)
def test_it_has_the_common_properties_of_its_kind(value: dict[str, Any], pointer: str) -> None:
    refusal = refusal_of(value)
    assert (refusal.code, refusal.pointer) == (Code.SCHEMA_VIOLATION, pointer)


def test_two_extensions_do_not_make_different_things_of_it() -> None:
    extensions = {FOREIGN_EXTENSION: {"extension_type": "new-sco"}, OTHER_EXTENSION: {"extension_type": "new-sdo"}}
    assert refusal_of(custom("new-sco", extensions=extensions)).pointer == "/extensions"
    extensions[OTHER_EXTENSION] = {"extension_type": "property-extension"}
    assert check_schema(custom("new-sco", extensions=extensions)).kind is Kind.OBSERVABLE


@pytest.mark.parametrize("word", ["property-extension", "toplevel-property-extension"])
def test_without_such_an_extension_it_is_refused_with_what_to_do(word: str) -> None:
    refusal = refusal_of(custom(word, **COMMON))
    assert (refusal.code, refusal.pointer) == (Code.OBJECT_TYPE_UNSUPPORTED, "/type")
    assert "new-sdo" in refusal.sentence


@pytest.mark.parametrize("extensions", [5, [], {FOREIGN_EXTENSION: 5}, {FOREIGN_EXTENSION: {"extension_type": ["new-sco"]}}])
def test_extensions_of_another_form_say_nothing(extensions: Any) -> None:
    assert not is_defined_by_extension({"extensions": extensions})
    assert refusal_of(custom("new-sco", extensions=extensions)).code is Code.OBJECT_TYPE_UNSUPPORTED


def test_a_bundle_in_a_bundle_is_no_object() -> None:
    with pytest.raises(ProfileError) as refusal:
        custom_type(custom("new-sdo", "bundle"))
    assert refusal.value.code is Code.OBJECT_TYPE_UNSUPPORTED
    assert "bundle" in refusal.value.sentence


@pytest.mark.parametrize(("name", "expected"), [("x-own", True), ("xown", False), ("own-x", False)])
def test_the_old_custom_types_begin_with_x(name: str, *, expected: bool) -> None:
    assert is_deprecated_custom_type(name) is expected
