"""From a form to signed objects over HTTP: what is composed is taken, and reaches whom the form means and nobody else."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from app.domain.vocabulary import Purpose, Role
from tests.factories.catalogue_changes import house, proposal_document, retirement
from tests.factories.exchanges import Answer, FakePartner, RunningExchange, running_exchange
from tests.factories.observation_forms import OF_EVERY_KIND, TOKEN, form

PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(300)).decode()
HANDLE = {"kind": "handle", "value": "Example.One"}
DOMAIN = {"kind": "domain", "value": "rooms.example.org"}
NOBODYS = "audience--00000000-0000-4000-8000-000000000000"
WHAT = {"title": "Rooms", "harm_types": ["csam"]}


def composed(partner: FakePartner, document: Any) -> dict[str, Any]:
    answer = partner.post("compose", document)
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.json
    assert body["refusals"] == [], body["refusals"]
    return body


def refused(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status == 200, answer.body
    body = answer.json
    assert (body["objects"], body["told"]) == ([], [])
    return [(one["code"], one["pointer"]) for one in body["refusals"]]


def stored(partner: FakePartner, objects: list[dict[str, Any]]) -> set[str]:
    answer = partner.submit(*objects)
    assert answer.status == 201, answer.body
    assert [one["status"] for one in answer.json["results"]] == ["stored"] * len(objects), answer.body
    return {one["id"] for one in answer.json["results"]}


def seen_by(reader: FakePartner, purpose: Purpose) -> set[str]:
    return {one["id"] for one in replace(reader, purpose=purpose).pull_all()}


def of(body: dict[str, Any], **what: str) -> set[str]:
    return {one["id"] for one in body["told"] if all(one[name] == value for name, value in what.items())}


def test_everything_that_can_be_entered_is_taken_once_it_is_signed(platform: FakePartner) -> None:
    body = composed(platform, form(*OF_EVERY_KIND))
    assert [one["id"] for one in body["told"]] == [one["id"] for one in body["objects"]]
    stored(platform, body["objects"])


def test_who_sees_what_is_what_the_form_means(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    """A case with an account that may be a child's: platforms learn what happens, the account goes to those who protect."""
    police = running.enrol("Police", role=Role.LAW_ENFORCEMENT)
    other = running.enrol("Other platform")
    audience = platform.register_audience(
        roles=["any"], jurisdictions=["any"], partners_in=[hotline.partner_id, other.partner_id]
    )
    reported = {"kind": "handle", "value": "reported_55", "subject_status": "adult-believed"}
    document = form(
        HANDLE,
        reported,
        DOMAIN | {"subject_status": "adult-believed"},
        subject_status="may-be-child",
        who_may_know={"audience_id": audience, "purposes": ["detection", "victim-protection"]},
    )
    body = composed(platform, document)
    ids = stored(platform, body["objects"])
    protected = of(body, tier="protected") - of(body, type="marking-definition")
    assert of(body, pointer="/observables/0") < protected  # and the grouping
    for reader in (police, hotline):
        assert seen_by(reader, Purpose.VICTIM_PROTECTION) >= ids - of(body, type="marking-definition")
        assert not seen_by(reader, Purpose.DETECTION) & protected
    seen = seen_by(other, Purpose.DETECTION) | seen_by(other, Purpose.VICTIM_PROTECTION)
    assert not seen & protected
    assert seen >= of(body, pointer="/observables/1") | of(body, pointer="/observables/2") | of(body, type="incident")


def test_the_places_of_a_protected_account_are_protected_with_it(platform: FakePartner) -> None:
    places = [
        {"kind": "url", "value": "https://chat.example.org/u/kept_77"},
        {"kind": "room-or-stream-id", "value": "room-kept_77"},
    ]
    account = {"kind": "handle", "value": "kept_77"}
    body = composed(platform, form(account, *places, subject_status="may-be-child"))
    assert of(body, type="indicator") == set()
    assert of(body, tier="shared") == of(body, tier="shared", type="incident") | of(
        body, tier="shared", type="marking-definition"
    )
    stored(platform, body["objects"])
    others = [one | {"subject_status": "adult-believed"} for one in places]
    answer = platform.post("compose", form(account, *others, subject_status="may-be-child"))
    assert refused(answer) == [("observable-invalid", f"/observables/{place}/value") for place in (1, 2)]
    assert b"kept" not in answer.body


def test_it_is_foretold_by_the_simulation(running: RunningExchange, platform: FakePartner) -> None:
    police = running.enrol("Police", role=Role.LAW_ENFORCEMENT)
    body = composed(platform, form(HANDLE, who_may_know={"purposes": ["investigation"]}))
    answer = platform.post("policy/simulation", {"objects": body["objects"]})
    assert answer.status == 200, answer.body
    assert all(one["code"] is None for one in answer.json["simulated"])
    assert seen_by(police, Purpose.INVESTIGATION) == set()
    stored(platform, body["objects"])
    assert of(body, type="user-account") <= seen_by(police, Purpose.INVESTIGATION)
    assert not of(body, type="user-account") & seen_by(police, Purpose.AUDIT)


@pytest.mark.parametrize(
    ("document", "refusals"),
    [
        (form({"kind": "sha256", "value": "ab" * 31}), [("observable-invalid", "/observables/0/value")]),
        (form({"kind": "pdq", "value": "zz" * 32}), [("observable-invalid", "/observables/0/value")]),
        (form({"kind": "handle", "value": "two words"}), [("observable-invalid", "/observables/0/value")]),
        (form({"kind": "handle", "value": "ex\u0430mple"}), [("observable-invalid", "/observables/0/value")]),
        (form({"kind": "handle", "value": "exam\u202eple"}), [("observable-invalid", "/observables/0/value")]),
        (form({"kind": "email", "value": "some.body@example.org"}), [("observable-invalid", "/observables/0/value")]),
        (form({"kind": "email", "token": TOKEN | {"token": "short"}}), [("schema-violation", "/observables/0/token/token")]),
        (form(what=WHAT | {"behaviours": ["OP-999"]}), [("behaviour-unknown", "/what/behaviours/0")]),
        (form(what=WHAT | {"behaviours": ["T1566"]}), [("schema-violation", "/what/behaviours/0")]),
        (form(HANDLE, subject_status=None), [("subject-status-missing", "/subject_status")]),
        (form(urgency="imminent-risk"), [("report-first", "/already_reported_to")]),
        (form(who_may_know={"audience_id": NOBODYS}), [("audience-not-found", "/who_may_know/audience_id")]),
        ({}, [("schema-violation", f"/{one}") for one in ("type", "what", "where", "who_may_know")]),
        (form(where={"surfaces": ["livestream"]}), [("schema-violation", "/where/surfaces/0")]),
        (form(where={"service": "Example Chat"}), [("schema-violation", "/where/surfaces")]),
        (
            form({"kind": "handle"}, where={}, what=WHAT | {"title": "x"}),
            [("schema-violation", one) for one in ("/what/title", "/where/surfaces", "/observables/0")],
        ),
        ([], [("schema-violation", "")]),
    ],
)
def test_bad_input_is_refused_with_its_place(platform: FakePartner, document: Any, refusals: list[tuple[str, str]]) -> None:
    assert refused(platform.post("compose", document)) == refusals


def test_what_the_catalogue_retires_is_refused_and_what_it_gains_is_taken(sqlite_url: str) -> None:
    with running_exchange(sqlite_url) as running:
        at_home = house(running)
        taken = form(what=WHAT | {"behaviours": ["OP-025"]}, subject_status=None)
        new = form(what=WHAT | {"behaviours": ["OP-026"]}, subject_status=None)
        stored(at_home.proposer, composed(at_home.proposer, taken)["objects"])
        assert refused(at_home.proposer.post("compose", new)) == [("behaviour-unknown", "/what/behaviours/0")]
        at_home.release(retirement("OP-025", "OP-024"), proposal_document(None))
        answer = at_home.proposer.post("compose", taken)
        assert refused(answer) == [("behaviour-retired", "/what/behaviours/0")]
        assert "OP-024" in answer.json["refusals"][0]["detail"]
        stored(at_home.proposer, composed(at_home.proposer, new)["objects"])


def test_anothers_audience_is_answered_byte_for_byte_as_an_absent_one(platform: FakePartner, hotline: FakePartner) -> None:
    answers = [
        platform.post("compose", form(HANDLE, who_may_know={"audience_id": one})) for one in (NOBODYS, hotline.audience_id)
    ]
    assert answers[0].body == answers[1].body
    assert refused(answers[0]) == [("audience-not-found", "/who_may_know/audience_id")]


def test_the_sentence_about_a_hash_says_what_it_should_be_and_not_what_it_was(platform: FakePartner) -> None:
    answer = platform.post("compose", form({"kind": "sha256", "value": "ab" * 31}))
    [refusal] = answer.json["refusals"]
    assert refusal["detail"] == "A sha256 value has 64 hexadecimal digits; this one has 62."
    assert b"abab" not in answer.body


def test_whom_to_call_is_told_at_imminent_risk_whether_or_not_it_was_reported(platform: FakePartner) -> None:
    urgent = form(HANDLE, urgency="imminent-risk")
    for document in (urgent, urgent | {"already_reported_to": [{"body": "Police", "reported_at": "2026-01-01T00:00:00Z"}]}):
        body = platform.post("compose", document).json
        assert body["imminent_risk"]["call"]
        assert "not a reporting channel" in body["imminent_risk"]["detail"]
    assert "imminent_risk" not in platform.post("compose", form(HANDLE)).json


def test_material_is_refused_and_not_repeated(platform: FakePartner) -> None:
    answer = platform.post("compose", form({"kind": "handle", "value": PICTURE}, {"kind": "md5", "value": "ab"}))
    assert refused(answer) == [("content-forbidden", "/observables/0/value")]
    assert PICTURE[:30].encode() not in answer.body


def test_a_body_that_is_no_json_is_refused_as_everywhere(platform: FakePartner) -> None:
    assert platform.post("compose", body=b"{").code == "json-syntax"
    assert platform.post("compose", body=b"{}", media_type="text/plain").status == 415
    assert platform.post("compose", form(), query={"group": "a"}).status == 400


def test_composing_takes_the_right_to_submit(running: RunningExchange) -> None:
    reader = running.enrol("Reader", scopes=frozenset())
    assert reader.post("compose", form()).status == 403
    assert running.anybody.post("compose", form()).status == 401
