"""From a form to objects: what is made of what, and with which handling."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from app.domain.composed import Composed, Tier
from app.domain.observation import Token
from app.domain.vocabulary import Sensitivity
from app.stix.catalogue_objects import behaviour_id
from app.stix.compose import compose
from app.stix.observation_documents import read_observation
from app.stix.references import references
from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT
from breakwater_client.signing.hub_stable import hub_stable
from tests.factories.observation_forms import OF_EVERY_KIND, TOKEN, form, writing
from tests.factories.policy_values import DAY, NOW

HANDLE = {"kind": "handle", "value": "somebody_17"}
DOMAIN = {"kind": "domain", "value": "example.org"}
ME = "identity--2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"
SEEN = {"first": "2026-02-20T00:00:00Z", "last": "2026-02-25T00:00:00Z"}


def composed(*observables: dict[str, Any], **changes: Any) -> Composed:
    found = compose(read_observation(form(*observables, **changes)), writing(identity_id=ME))
    assert found.refusals == ()
    return found


def of_type(found: Composed, *types: str) -> list[dict[str, Any]]:
    return [dict(one.value) for one in found.made if one.value["type"] in types]


def context(value: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = value["extensions"][OCSEA_CONTEXT]
    return said


def test_an_observable_comes_to_itself_its_sight_its_indicator_and_what_it_indicates() -> None:
    found = composed(HANDLE, seen=SEEN)
    types = [one.value["type"] for one in found.made]
    assert types == [
        *("marking-definition", "user-account", "observed-data", "indicator", "relationship", "relationship"),
        *("incident", "grouping"),
    ]
    [account, observed, indicator] = of_type(found, "user-account", "observed-data", "indicator")
    based, indicates = of_type(found, "relationship")
    assert observed["object_refs"] == [account["id"]]
    assert (based["relationship_type"], based["target_ref"]) == ("based-on", observed["id"])
    assert (indicates["relationship_type"], indicates["target_ref"]) == ("indicates", behaviour_id("OP-017"))
    assert based["source_ref"] == indicates["source_ref"] == indicator["id"]


def test_when_it_was_not_seen_at_a_known_time_nothing_says_it_was() -> None:
    assert of_type(composed(HANDLE), "observed-data") == []
    [only] = of_type(composed(HANDLE, seen={"last": SEEN["last"]}), "observed-data")
    assert only["first_observed"] == only["last_observed"] == "2026-02-25T00:00:00Z"


@pytest.mark.parametrize("milliseconds", [0, 7, 20, 420, 421, 500])
def test_times_are_spelled_as_tools_on_the_stix2_library_spell_them(milliseconds: int) -> None:
    now = NOW.replace(microsecond=milliseconds * 1000)
    for one in compose(read_observation(form(DOMAIN, seen=SEEN)), writing(identity_id=ME, now=now)).made:
        tools = hub_stable(dict(one.value))
        assert {name: tools[name] for name in one.value} == one.value


def test_each_object_has_one_handling_and_says_who_made_it() -> None:
    found = composed(*OF_EVERY_KIND, HANDLE | {"value": "a2", "subject_status": "may-be-child"})
    markings = {one.value["id"]: one.tier for one in found.made if one.value["type"] == "marking-definition"}
    assert sorted(markings.values()) == sorted(Tier)
    for one in found.made:
        if one.value["type"] != "marking-definition":
            [own] = [ref for ref in one.value["object_marking_refs"] if ref in markings]
            assert markings[own] is one.tier
    domain_objects = [one.value for one in found.made if "created" in one.value]
    assert {one["created_by_ref"] for one in domain_objects} == {ME}


def test_several_observables_are_split_and_held_together_by_a_grouping() -> None:
    found = composed(HANDLE, DOMAIN)
    assert Counter(one.origin for one in found.made if one.value["type"] == "indicator") == {
        "/observables/0": 1,
        "/observables/1": 1,
    }
    [grouping] = of_type(found, "grouping")
    content = {
        one.value["id"] for one in found.made if one.value["type"] not in ("marking-definition", "relationship", "grouping")
    }
    assert set(grouping["object_refs"]) == content | {behaviour_id("OP-017")}
    assert context(grouping)["sensitivity"] == "identifying"


def test_of_a_behaviour_alone_there_is_one_object_that_points_at_nobody() -> None:
    found = composed(subject_status=None)
    [incident] = of_type(found, "incident")
    assert [one.value["type"] for one in found.made] == ["marking-definition", "incident"]
    assert context(incident)["behaviours"] == ["OP-017"]
    assert "subject_status" not in context(incident)
    assert references(incident) == frozenset()


@pytest.mark.parametrize("status", ["may-be-child", "compromised-account"])
def test_an_account_to_protect_has_its_own_handling_and_nothing_detects_it(status: str) -> None:
    found = composed(HANDLE, DOMAIN | {"subject_status": "adult-believed"}, subject_status=status, seen=SEEN)
    account = [one for one in found.made if one.origin == "/observables/0"]
    assert {one.value["type"] for one in account} == {"user-account", "observed-data"}
    assert {one.tier for one in account} == {Tier.PROTECTED}
    assert all(context(dict(one.value))["subject_status"] == status for one in account)
    wide = [one for one in found.made if one.tier is Tier.SHARED]
    account_ids = {one.value["id"] for one in account}
    assert not any(account_ids & references(one.value) for one in wide)
    assert not any("somebody_17" in json.dumps(dict(one.value)) for one in wide)
    assert {one.value["type"] for one in wide} >= {"incident", "indicator", "domain-name"}
    [grouping] = [one for one in found.made if one.value["type"] == "grouping"]
    assert grouping.tier is Tier.PROTECTED


def test_two_accounts_of_one_case_are_handled_each_as_it_must_be() -> None:
    found = composed(HANDLE, HANDLE | {"value": "a2", "subject_status": "adult-believed"}, subject_status="may-be-child")
    tiers = {one.origin: one.tier for one in found.made if one.value["type"] == "user-account"}
    assert tiers == {"/observables/0": Tier.PROTECTED, "/observables/1": Tier.SHARED}
    assert [one.origin for one in found.made if one.value["type"] == "indicator"] == ["/observables/1"]


def test_what_belongs_to_a_protected_person_is_identifying_whatever_it_is() -> None:
    found = composed(DOMAIN | {"subject_status": "may-be-child"})
    [domain] = [one for one in found.made if one.value["type"] == "domain-name"]
    assert (domain.tier, domain.sensitivity) == (Tier.PROTECTED, Sensitivity.IDENTIFYING)


def test_a_term_is_handled_more_narrowly_than_the_rest() -> None:
    found = composed({"kind": "keyword-term", "value": "term"}, DOMAIN)
    assert {one.origin: one.tier for one in found.made if one.value["type"] == "indicator"} == {
        "/observables/0": Tier.RESTRICTED,
        "/observables/1": Tier.SHARED,
    }


def test_context_and_what_is_too_old_are_part_of_the_picture_alone() -> None:
    assert of_type(composed(HANDLE | {"role": "context"}), "indicator") == []
    assert of_type(composed({"kind": "ip", "value": "192.0.2.17"}, seen={"last": "2026-01-01T00:00:00Z"}), "indicator") == []


def test_how_long_it_is_detected_is_its_kinds_life_from_when_it_was_last_seen() -> None:
    address, digest = {"kind": "ip", "value": "192.0.2.17"}, {"kind": "md5", "value": "ab" * 16}
    [indicator, of_hash] = of_type(composed(address, digest, seen=SEEN), "indicator")
    assert (indicator["valid_from"], indicator["valid_until"]) == ("2026-02-20T00:00:00Z", "2026-03-11T00:00:00Z")
    assert "valid_until" not in of_hash
    wished = (NOW + DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    [shorter] = of_type(composed(address, valid_until=wished), "indicator")
    assert shorter["valid_until"] == "2026-03-02T12:00:00Z"


def test_phases_are_those_of_the_behaviours_in_the_order_of_the_chain() -> None:
    what = {"title": "Rooms", "harm_types": ["csam"], "behaviours": ["OP-018", "OP-017", "OP-016"]}
    [indicator] = of_type(composed(HANDLE, what=what), "indicator")
    assert [one["phase_name"] for one in indicator["kill_chain_phases"]] == [
        "live-abuse-facilitation",
        "payment-and-monetisation",
    ]
    bare = {"title": "Rooms", "harm_types": ["csam"]}
    assert "kill_chain_phases" not in of_type(composed(HANDLE, what=bare), "indicator")[0]


@pytest.mark.parametrize(
    ("how_sure", "confidence", "labels"),
    [
        (None, None, None),
        ({"confidence": 75}, 75, None),
        ({"band": "high"}, 85, None),
        ({"credibility": 2, "reliability": "b"}, 70, ["source-reliability-b", "information-credibility-2"]),
        ({"credibility": 6}, None, ["information-credibility-6"]),
        ({"confidence": 0, "credibility": 1}, 0, ["information-credibility-1"]),
    ],
)
def test_how_sure_somebody_is_becomes_a_number_and_the_scale_stays(how_sure: Any, confidence: Any, labels: Any) -> None:
    for one in of_type(composed(HANDLE, how_sure=how_sure), "indicator", "incident"):
        assert (one.get("confidence"), one.get("labels")) == (confidence, labels)


@pytest.mark.parametrize(
    ("assertion", "indicates", "relationships"),
    [(None, "anomalous-activity", 1), ("negative", "benign", 0), ("investigation-seed", "unknown", 1)],
)
def test_what_is_said_of_it_decides_what_it_indicates(assertion: str | None, indicates: str, relationships: int) -> None:
    found = composed(HANDLE, assertion=assertion)
    assert of_type(found, "indicator")[0]["indicator_types"] == [indicates]
    assert len(of_type(found, "relationship")) == relationships


def test_imminent_risk_stands_on_what_points_at_somebody_and_on_the_rest_only_if_it_is_alone() -> None:
    urgent = {"urgency": "imminent-risk", "already_reported_to": [{"body": "Police", "reported_at": "2026-03-01T09:00:00Z"}]}
    found = composed(HANDLE, **urgent)
    assert found.imminent_risk
    said = {
        one["type"]: context(one).get("urgency") for one in of_type(found, "user-account", "indicator", "incident", "grouping")
    }
    assert said == {"user-account": "imminent-risk", "indicator": "imminent-risk", "incident": None, "grouping": "imminent-risk"}
    [alone] = of_type(composed(**urgent), "incident")
    assert context(alone)["already_reported_to"] == urgent["already_reported_to"]
    [historic] = of_type(composed(HANDLE, urgency="historic"), "incident")
    assert context(historic)["urgency"] == "historic"


def test_a_marking_of_ones_own_is_carried_by_all_and_made_by_none() -> None:
    marking = "marking-definition--2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"
    found = composed(HANDLE, who_may_know={"marking_ref": marking, "group_id": "2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"})
    assert of_type(found, "marking-definition") == []
    assert all(one.value["object_marking_refs"] == [marking] for one in found.made)
    assert found.group_id == "2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"


def test_the_marking_is_not_looser_than_the_form() -> None:
    [marking] = of_type(composed(HANDLE, who_may_know={"tlp": "green", "onward_share": "listed"}), "marking-definition")
    assert (marking["extensions"][HANDLING]["tlp"], marking["extensions"][HANDLING]["onward_share"]) == ("green", "listed")


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_made() -> None:
    document = form({"kind": "md5", "value": "ab"}, HANDLE | {"value": "two words"}, DOMAIN, subject_status=None)
    found = compose(read_observation(document), writing())
    assert [one.pointer for one in found.refusals] == ["/subject_status", "/observables/0/value", "/observables/1/value"]
    assert found.made == ()


def test_an_account_is_not_named_in_words_that_go_to_more_people() -> None:
    document = form(HANDLE, what={"title": "Threats by somebody_17", "harm_types": ["csam"], "behaviours": ["OP-014"]})
    [refusal] = compose(read_observation(document), writing()).refusals
    assert (refusal.code, refusal.pointer) == ("profile-violation", "/what/title")


def test_one_thing_said_twice_is_refused_in_any_of_its_spellings() -> None:
    document = form(DOMAIN, HANDLE, {"kind": "domain", "value": "EXAMPLE[.]org"})
    [refusal] = compose(read_observation(document), writing()).refusals
    assert refusal.pointer == "/observables/2"


def test_more_objects_than_one_submission_takes_are_refused() -> None:
    what = {"title": "Rooms", "harm_types": ["csam"], "behaviours": [f"OP-{number:03}" for number in range(1, 21)]}
    many = [{"kind": "domain", "value": f"d{number}.example.org"} for number in range(60)]
    [refusal] = compose(read_observation(form(*many, what=what)), writing()).refusals
    assert (refusal.code, refusal.pointer) == ("too-many-objects", "/observables")


def test_without_an_identity_nobody_is_named_as_creator_and_with_a_key_tokens_are_made() -> None:
    document = form({"kind": "email", "value": "some.body@example.org"})
    found = compose(read_observation(document), writing(make_token=lambda _kind, _value: Token(**TOKEN)))
    assert found.refusals == ()
    assert "some.body" not in json.dumps(found.objects)
    assert not any("created_by_ref" in one for one in found.objects)
