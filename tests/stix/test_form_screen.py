"""The screen over a form: material and children are refused wherever they stand, and the things themselves pass."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from app.domain.errors import Code, ForbiddenContentError
from app.stix.form_screen import screen_form
from tests.factories.observation_forms import OF_EVERY_KIND, TOKEN, form

PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(300)).decode()
DATA = f"data:image/png;base64,{PICTURE}"
WHAT = {"title": "Rooms", "harm_types": ["csam"], "behaviours": ["OP-017"]}


def test_the_things_themselves_pass() -> None:
    screen_form(form(*OF_EVERY_KIND))
    screen_form(form({"kind": "email", "value": "some.body@example.org"}, {"kind": "phone", "value": "+1 555 010 0117"}))


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        (form(what=WHAT | {"description": DATA}), "/what/description"),
        (form(what=WHAT | {"title": PICTURE}), "/what/title"),
        (form(where={"surfaces": ["live-stream"], "service": PICTURE}), "/where/service"),
        (form({"kind": "handle", "value": PICTURE}), "/observables/0/value"),
        (form({"kind": "no-such-kind", "value": PICTURE}), "/observables/0/value"),
        (form({"value": DATA}), "/observables/0/value"),
        (form({"kind": "email", "token": TOKEN | {"token": PICTURE}}), "/observables/0/token/token"),
        (
            form({"kind": "vpdq", "frames": [{"value": PICTURE, "quality": 1, "at_milliseconds": 0}]}),
            "/observables/0/frames/0/value",
        ),
        (form({"kind": "domain", "value": {"a": PICTURE}}), "/observables/0/value"),
        ({"observables": [PICTURE]}, "/observables/0"),
        ({"observables": PICTURE}, "/observables"),
    ],
)
def test_material_is_refused_wherever_it_stands(document: dict[str, Any], pointer: str) -> None:
    with pytest.raises(ForbiddenContentError) as caught:
        screen_form(document)
    assert caught.value.code is Code.CONTENT_FORBIDDEN
    assert caught.value.pointer is not None
    assert caught.value.pointer.startswith(pointer.rsplit("/token", 1)[0][:14])
    assert PICTURE not in caught.value.sentence


@pytest.mark.parametrize(
    "document",
    [
        form(what=WHAT | {"description": "Write to some.body@example.org about it."}),
        form(what=WHAT | {"description": "Reach them on +1 555 010 0117."}),
        form(what=WHAT | {"title": "Emma Smith, 12, Greenfield Primary School"}),
        form(what=WHAT | {"description": "Pictures at https://img.example/123.jpg"}),
        form(child_name="Somebody"),
        form(what=WHAT | {"victim_age": 9}),
    ],
)
def test_what_describes_a_child_or_reaches_somebody_is_refused_in_texts(document: dict[str, Any]) -> None:
    with pytest.raises(ForbiddenContentError) as caught:
        screen_form(document)
    assert caught.value.code is Code.PERSON_DATA_FORBIDDEN


def test_a_contact_in_a_value_of_another_kind_is_left_to_its_reading() -> None:
    screen_form(form({"kind": "handle", "value": "some.body@example.org"}))
