"""Having objects composed, and signing no other than one's own: an exchange that hands out something else is not signed for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from app.cli.loopback_server import loopback_server
from breakwater_client.documents.well_known import WELL_KNOWN
from breakwater_client.errors import Code, ExchangeAwayError, MalformedInputError, ProfileError, UntrustedSignatureError
from breakwater_client.extensions import SIGNATURE
from breakwater_client.signing.hub_stable import hub_stable
from breakwater_client.talking.composing import Author, compose, feedback_on, sign_composed
from breakwater_client.talking.connection import Connection, Target
from breakwater_client.trust.object_signature import read_signature, verify_object
from tests.cli.desk import Desk
from tests.factories.exchanges import FakePartner
from tests.factories.observation_forms import form
from tests.factories.scripted_exchange import JSON, Scripted
from tests.factories.stix_objects import TLP_AMBER, indicator


def author(who: FakePartner) -> Author:
    return Author(who.key, who.identity_id)


@contextmanager
def answering(document: Any) -> Iterator[Connection]:
    with loopback_server(Scripted([("200 OK", JSON, json.dumps(document).encode())])) as url:
        yield Connection(Target(url, "bw_token"))


def test_a_form_with_faults_gives_all_of_them_and_no_object(desk: Desk, platform: FakePartner) -> None:
    made = compose(Connection(Target(desk.url, platform.token)), form({"kind": "domain", "value": "no domain"}), author(platform))
    assert (list(made.objects), [one.pointer for one in made.refusals]) == ([], ["/observables/0/value"])
    assert made.refusals[0].code is Code.OBSERVABLE_INVALID


def test_what_names_another_author_is_not_signed(platform: FakePartner) -> None:
    foreign = indicator(created_by_ref="identity--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11")
    document = {"objects": [foreign], "refusals": [], "group_id": None}
    with answering(document) as connection, pytest.raises(UntrustedSignatureError) as caught:
        compose(connection, {}, author(platform))
    assert caught.value.code is Code.SIGNER_MISMATCH


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"refusals": [], "objects": [1], "group_id": None},
        {"refusals": [], "objects": [], "group_id": 5},
        {"refusals": [1], "objects": [], "group_id": None},
    ],
)
def test_what_is_no_answer_to_a_form_is_told_as_no_exchange(platform: FakePartner, document: Any) -> None:
    with answering(document) as connection, pytest.raises(ExchangeAwayError):
        compose(connection, {}, author(platform))


@pytest.mark.parametrize(
    "change",
    [{"revoked": True}, {"type": "report"}, {"created": "2020-01-01T00:00:00Z"}, {"modified": "whenever"}],
    ids=["withdrawn", "of a kind that no form comes to", "of long ago", "of no time"],
)
def test_what_no_form_comes_to_is_not_signed(platform: FakePartner, change: dict[str, Any]) -> None:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    good = indicator(created=now, modified=now, created_by_ref=platform.identity_id)
    assert sign_composed([good], author(platform))[0]["id"] == good["id"]
    with pytest.raises(MalformedInputError, match="signed"):
        sign_composed([good, good | change], author(platform))


def test_published_objects_stay_as_they_are(platform: FakePartner) -> None:
    known = dict(WELL_KNOWN[TLP_AMBER])
    assert sign_composed([known], author(platform)) == [known]


def test_feedback_is_made_and_signed_here_and_taken(platform: FakePartner, hotline: FakePartner) -> None:
    value = indicator()
    platform.submit(value)
    hotline.pull_all()
    for said in (
        {"kind": "outcome", "word": "no-match"},
        {"kind": "sighting", "count": 3},
        {"kind": "dispute", "word": "outdated", "evidence": "human-review"},
    ):
        signed = feedback_on(value["id"], said, author(hotline))
        about = signed.get("sighting_of_ref") or signed["object_refs"][0]
        assert (about, signed["created_by_ref"]) == (value["id"], hotline.identity_id)
        assert hotline.submit_signed([signed]).json["results"][0]["status"] == "stored"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"kind": "rumour"},
        {"kind": "outcome", "word": "guilty"},
        {"kind": "dispute", "word": "outdated"},
        {"kind": "dispute", "word": "outdated", "evidence": "hearsay"},
        {"kind": "sighting", "note": "more than that"},
    ],
)
def test_what_is_no_feedback_is_not_signed(platform: FakePartner, said: dict[str, Any]) -> None:
    with pytest.raises(MalformedInputError) as refused:
        feedback_on("indicator--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11", said, author(platform))
    if refused.value.pointer == "/kind":
        assert "(dispute, mark, opinion, outcome, sighting)" in refused.value.sentence


def test_what_is_composed_is_signed_as_it_came_and_outlives_tools_on_the_stix2_library(
    desk: Desk, platform: FakePartner, hotline: FakePartner
) -> None:
    connection = Connection(Target(desk.url, platform.token))
    made = compose(connection, form({"kind": "domain", "value": "example.org"}), author(platform)).unrefused()
    platform.submit_signed(list(made))
    hotline.pull_all()
    about = next(one["id"] for one in made if one["type"] == "indicator")
    told = feedback_on(about, {"kind": "mark", "word": "ingested"}, author(hotline))
    for one in (*made, told):
        unsigned = {**one, "extensions": {name: part for name, part in one["extensions"].items() if name != SIGNATURE}}
        unsigned = unsigned if unsigned["extensions"] else {name: part for name, part in unsigned.items() if name != "extensions"}
        assert hub_stable(unsigned) == unsigned


def test_a_refused_form_raises_where_none_was_expected(desk: Desk, platform: FakePartner) -> None:
    made = compose(Connection(Target(desk.url, platform.token)), form({"kind": "domain", "value": "no domain"}), author(platform))
    with pytest.raises(ProfileError) as caught:
        made.unrefused()
    assert (caught.value.code, caught.value.pointer) == (Code.OBSERVABLE_INVALID, "/observables/0/value")


def test_an_author_is_read_from_a_file_and_signs_as_it_is_spelled(platform: FakePartner) -> None:
    value = indicator(created="2026-01-05T10:00:00Z")
    read = Author.from_pem(platform.key.to_pem(), platform.identity_id)
    signed = read.sign(value)
    entry = read_signature(signed)
    verify_object(signed, entry, platform.key.public)
    assert (signed["created"], entry.signer) == (value["created"], platform.identity_id)
