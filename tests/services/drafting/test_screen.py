"""Keeps that drafts hold nothing that must never be here: looked for in the whole database."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from app.domain.errors import BreakwaterError, Code
from app.services.drafting.keep import begin_draft, own_draft, save_draft
from app.services.drafting.screen import LONGEST_FORM, bare_identifiers
from tests.factories.drafting import desks
from tests.factories.members import started_hub
from tests.factories.observation_forms import TOKEN

PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(300)).decode()
NEVER: list[tuple[dict[str, Any], Code, str]] = [
    ({"what": {"description": f"seen: {PICTURE}"}}, Code.CONTENT_FORBIDDEN, "/what/description"),
    ({"what": {"title": "Write to anna.b@mail.example.org"}}, Code.PERSON_DATA_FORBIDDEN, "/what/title"),
    ({"what": {"victim_name": "Anna"}}, Code.PERSON_DATA_FORBIDDEN, "/what"),
    ({"observables": [{"kind": "handle", "value": PICTURE}]}, Code.CONTENT_FORBIDDEN, "/observables/0/value"),
    ({"observables": [{"kind": "email", "value": "anna.b@mail.example.org"}]}, Code.OBSERVABLE_INVALID, "/observables/0/value"),
    ({"observables": [{"value": "anna.b@mail.example.org"}]}, Code.OBSERVABLE_INVALID, "/observables/0/value"),
    ({"observables": [{"value": "@ok"}, {"value": "+1 202 555 0142"}]}, Code.OBSERVABLE_INVALID, "/observables/1/value"),
    ({"observables": [{"kind": "handle", "value": "anna.b@mail.example.org"}]}, Code.OBSERVABLE_INVALID, "/observables/0/value"),
    ({"observables": [{"kind": "xyz", "value": "tel 020 7946 0958 home"}]}, Code.OBSERVABLE_INVALID, "/observables/0/value"),
    (
        {"observables": [{"kind": "url", "value": "https://a.example/?m=anna.b@mail.example.org"}]},
        Code.OBSERVABLE_INVALID,
        "/observables/0/value",
    ),
    ({"what": {"title": "Emma Smith, 12, Greenfield Primary School"}}, Code.PERSON_DATA_FORBIDDEN, "/what/title"),
    ({"what": {"description": "Rooms.\nEmma\u00a0Smith,\n12, from Leeds"}}, Code.PERSON_DATA_FORBIDDEN, "/what/description"),
    (
        {"what": {"description": "She is 12\tyears  old, lives\nat 4 Mill\u200b Lane"}},
        Code.PERSON_DATA_FORBIDDEN,
        "/what/description",
    ),
    ({"what": {"description": "Write to +49 170\n123 4567"}}, Code.PERSON_DATA_FORBIDDEN, "/what/description"),
    ({"where": {"service": "an\u200bna.b@mail.exa\u00admple.org"}}, Code.PERSON_DATA_FORBIDDEN, "/where/service"),
    ({"what": {"title": "Rooms \u202edelles yeht"}}, Code.REQUEST_INVALID, "/what/title"),
    ({"what": {"title": "Rooms \x1b[2Kthat close"}}, Code.REQUEST_INVALID, "/what/title"),
    ({"what": {"description": "Rooms\u3164that close"}}, Code.REQUEST_INVALID, "/what/description"),
    ({"what": {"description": "Rooms\U000e0041"}}, Code.REQUEST_INVALID, "/what/description"),
    ({"observables": [{"kind": "device", "value": "a1b2c3d4"}]}, Code.OBSERVABLE_INVALID, "/observables/0/value"),
    ({"what": {"description": "a" * LONGEST_FORM}}, Code.BODY_TOO_LARGE, ""),
]

OF_ANY_SCRIPT = [
    "Rooms,\n12 of them,\nfrom 2021 on",
    "\u200fغرف\u200f (12)",
    "می\u200cشود",
    "rooms \U0001f468\u200d\U0001f4bb",
    "From 2021\n120 rooms",
]


@pytest.mark.parametrize(("document", "code", "pointer"), NEVER)
def test_what_is_never_kept_is_refused_with_its_place_and_is_nowhere(
    sqlite_url: str, document: dict[str, Any], code: Code, pointer: str
) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        begun = begin_draft(hub.exchange, ours.author, {})
        with pytest.raises(BreakwaterError) as refused:
            begin_draft(hub.exchange, ours.author, document)
        with pytest.raises(BreakwaterError):
            save_draft(hub.exchange, ours.author, begun.draft_id, 1, document)
        assert refused.value.code is code
        assert (refused.value.pointer or "") == pointer
        assert own_draft(hub.exchange, ours.author, begun.draft_id) == begun
        stored = ours.everything_stored()
        assert not any(one in stored for one in ("iVBOR", "anna.b", "Anna", "555 0142", "a1b2c3d4", "aaaaaaaa"))


def test_material_and_victim_data_alarm_the_operators_and_a_telephone_number_does_not(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        for document, code, _ in (NEVER[0], NEVER[4]):
            with pytest.raises(BreakwaterError):
                begin_draft(hub.exchange, ours.author, document)
            assert ("content-forbidden" in ours.everything_stored()) is True
            assert code in {Code.CONTENT_FORBIDDEN, Code.OBSERVABLE_INVALID}
        assert "observable-invalid" not in ours.everything_stored()


def test_texts_of_any_script_are_kept_with_their_lines(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        for text in OF_ANY_SCRIPT:
            begun = begin_draft(hub.exchange, ours.author, {"what": {"description": text}})
            assert begun.document == {"what": {"description": text}}


def test_tokens_are_kept_and_what_is_no_identifier(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        kept = {"observables": [{"kind": "phone", "token": TOKEN}, {"value": "40117"}, {"kind": "phone", "value": ""}]}
        assert begin_draft(hub.exchange, ours.author, kept).document == kept
        assert list(bare_identifiers(kept)) == []
