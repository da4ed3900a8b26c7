"""The catalogue changes by one organisation's proposal, two others' reviews and an operator's release, and by nothing less."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, StaffRole
from app.services.cataloguing.founding import founding
from tests.factories.catalogue_changes import House, house, judge, proposal_document, retirement, reviewer_of, reworded, text_of
from tests.factories.exchanges import Answer, RunningExchange, running_exchange

NAMELESS = "00000000-0000-4000-8000-000000000000"
OPERATIONAL = "They write about it on paste.example.org. It costs 50 dollars, and is then sent on to others."
LAST = founding().behaviours[-1].code


@pytest.fixture
def at_home(sqlite_url: str) -> Iterator[House]:
    with running_exchange(sqlite_url) as running:
        yield house(running)


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def catalogue_of(running: RunningExchange) -> Any:
    return running.anybody.get("catalogue").json


def test_two_other_organisations_approve_and_an_operator_releases(at_home: House) -> None:
    made = at_home.proposer.post("catalogue/proposals", proposal_document())
    assert made.status == 201
    assert made.headers["Location"] == f"/api/v1/catalogue/proposals/{made.json['id']}"
    assert (made.json["state"], made.json["own"], made.json["reviews"]) == ("open", True, [])
    assert judge(at_home.first, made.json["id"]).json["state"] == "open"
    assert judge(at_home.second, made.json["id"]).json["state"] == "accepted"
    released = at_home.operator.post("catalogue/release", {})
    assert (released.status, released.json["release"]) == (201, 2)
    assert released.headers["Location"] == "/api/v1/catalogue/releases/2"
    [behaviour] = [one for one in catalogue_of(at_home.running)["behaviours"] if one["code"] == "OP-001"]
    assert behaviour["name"] == reworded("OP-001")["name"]
    shown = at_home.proposer.get(f"catalogue/proposals/{made.json['id']}").json
    assert (shown["state"], shown["release"]) == ("released", 2)


def test_the_exchanges_own_people_are_one_organisation_of_the_two(at_home: House) -> None:
    proposal_id = at_home.propose()
    assert judge(at_home.operator, proposal_id).json["state"] == "open"
    assert judge(at_home.first, proposal_id).json["state"] == "accepted"


def test_whose_organisation_proposed_does_not_review(at_home: House) -> None:
    proposal_id = at_home.propose()
    assert refusal(judge(at_home.own_reviewer, proposal_id)) == (403, "second-person-needed")
    of_the_exchange = at_home.propose(proposal_document("OP-002"), by=at_home.operator)
    assert refusal(judge(at_home.operator, of_the_exchange)) == (403, "second-person-needed")


def test_one_organisation_is_heard_once_whoever_speaks_for_it(at_home: House) -> None:
    running = at_home.running
    partner = running.enrol("Two Reviewers")
    administrator = running.person(partner, running.operator, MemberRole.ADMINISTRATOR)
    one, other = (running.person(partner, administrator, MemberRole.REVIEWER) for _ in range(2))
    proposal_id = at_home.propose()
    assert judge(one, proposal_id).status == 201
    for again in (one, other):
        assert refusal(judge(again, proposal_id)) == (403, "second-person-needed")
    assert at_home.proposer.get(f"catalogue/proposals/{proposal_id}").json["state"] == "open"


def test_a_part_of_the_proposers_organisation_is_that_organisation(at_home: House) -> None:
    part = at_home.running.enrol("Part")
    reviewer = reviewer_of(at_home.running, part)
    relations = {"parent_id": at_home.proposer.partner_id, "client_of": []}
    assert at_home.operator.send("PUT", f"partners/{part.partner_id}/relations", document=relations).status == 200
    assert refusal(judge(reviewer, at_home.propose())) == (403, "second-person-needed")


@pytest.mark.parametrize(
    ("member", "cited"),
    [("title", "Where: https://chat.example/room"), ("source", "Ask +1 555 0100"), ("url", "https://t.me/room")],
)
def test_a_source_leads_nobody_to_a_room_or_a_person(at_home: House, member: str, cited: str) -> None:
    text = text_of("OP-001")
    text["references"][0] |= {member: cited}
    answer = at_home.proposer.post("catalogue/proposals", proposal_document() | {"text": text})
    assert (refusal(answer), answer.json["pointer"]) == ((422, "catalogue-text-refused"), f"/text/references/0/{member}")


def test_a_rejection_ends_it(at_home: House) -> None:
    proposal_id = at_home.propose()
    assert judge(at_home.first, proposal_id, "reject").json["state"] == "rejected"
    assert refusal(judge(at_home.second, proposal_id)) == (409, "state-conflict")
    assert refusal(at_home.operator.post("catalogue/release", {})) == (409, "state-conflict")


def test_what_is_accepted_is_not_reviewed_any_more(at_home: House) -> None:
    proposal_id = at_home.propose()
    at_home.accept(proposal_id)
    assert refusal(judge(at_home.operator, proposal_id, "reject")) == (409, "state-conflict")


def test_ones_own_proposal_is_taken_back_and_nobody_elses(at_home: House) -> None:
    proposal_id = at_home.propose()
    path = f"catalogue/proposals/{proposal_id}/withdrawal"
    assert refusal(at_home.first.post(path, {})) == (403, "permission-missing")
    assert at_home.own_reviewer.post(path, {}).json["state"] == "withdrawn"
    assert refusal(at_home.proposer.post(path, {})) == (409, "state-conflict")
    assert refusal(judge(at_home.first, proposal_id)) == (409, "state-conflict")


def test_only_operators_release(at_home: House) -> None:
    at_home.accept(at_home.propose())
    for other in (at_home.first, at_home.own_reviewer):
        assert refusal(other.post("catalogue/release", {})) == (403, "permission-missing")
    assert refusal(at_home.proposer.post("catalogue/release", {})) == (403, "permission-missing")
    assert catalogue_of(at_home.running)["release"] == 1


def test_a_new_entry_gets_the_next_code_when_it_is_released(at_home: House) -> None:
    documents = [proposal_document(None, text=text_of("OP-001", name=name)) for name in ("A first new one", "A second new one")]
    later, earlier = (at_home.propose(one) for one in documents)
    at_home.accept(earlier)
    assert at_home.proposer.get(f"catalogue/proposals/{earlier}").json["code"] is None
    at_home.operator.post("catalogue/release", {})
    assert at_home.proposer.get(f"catalogue/proposals/{earlier}").json["code"] == f"OP-{int(LAST[3:]) + 1:03}"
    at_home.accept(later)
    at_home.operator.post("catalogue/release", {})
    assert at_home.proposer.get(f"catalogue/proposals/{later}").json["code"] == f"OP-{int(LAST[3:]) + 2:03}"


def test_a_retired_code_is_not_given_again_and_says_what_stands_for_it(at_home: House) -> None:
    assert at_home.release(retirement(LAST, "OP-001")) == 2
    [gone] = [one for one in catalogue_of(at_home.running)["behaviours"] if one["code"] == LAST]
    assert (gone["retired_in"], gone["replaced_by"]) == (2, ["OP-001"])
    for document in (proposal_document(LAST, based_on=2), retirement(LAST, based_on=2), retirement("OP-001", LAST, based_on=2)):
        assert refusal(at_home.proposer.post("catalogue/proposals", document)) == (409, "state-conflict")
    new = at_home.propose(proposal_document(None, based_on=2))
    at_home.accept(new)
    at_home.operator.post("catalogue/release", {})
    assert at_home.proposer.get(f"catalogue/proposals/{new}").json["code"] == f"OP-{int(LAST[3:]) + 1:03}"
    mitigating = proposal_document("CM-001", text=text_of("CM-001", mitigates=[LAST]), based_on=3)
    assert refusal(at_home.proposer.post("catalogue/proposals", mitigating)) == (409, "state-conflict")


def test_of_two_proposals_on_one_entry_the_later_one_is_outdated_by_the_first(at_home: House) -> None:
    first, second = at_home.propose(), at_home.propose(proposal_document(text=text_of("OP-001", name="Said still otherwise")))
    waiting = at_home.propose(proposal_document(text=text_of("OP-001", name="A third way to say it")))
    untouched = at_home.propose(proposal_document("OP-002"))
    for one in (second, first):
        at_home.accept(one)
    at_home.operator.post("catalogue/release", {})
    states = {one["id"]: one["state"] for one in at_home.proposer.get("catalogue/proposals").json["proposals"]}
    assert states == {first: "released", second: "outdated", waiting: "outdated", untouched: "open"}
    refused = judge(at_home.first, waiting)
    assert refusal(refused) == (409, "catalogue-changed")
    assert judge(at_home.first, untouched).status == 201


def test_what_is_based_on_an_older_release_is_told_what_changed(at_home: House) -> None:
    at_home.release(proposal_document())
    stale = at_home.proposer.post("catalogue/proposals", proposal_document(text=text_of("OP-001", name="Said otherwise again")))
    assert refusal(stale) == (409, "catalogue-changed")
    assert "OP-001: name" in stale.json["detail"]
    assert stale.json["pointer"] == "/based_on"
    assert at_home.proposer.post("catalogue/proposals", proposal_document("OP-002")).status == 201
    rebased = proposal_document(text=text_of("OP-001", name="Said otherwise again"), based_on=2)
    assert at_home.proposer.post("catalogue/proposals", rebased).status == 201


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        (
            {"definition": OPERATIONAL},
            "/text/definition",
        ),
        ({"detection": "Short."}, "/text/detection"),
        ({"references": []}, "/text/references"),
    ],
)
def test_the_lint_keeps_out_what_may_not_stand_there(at_home: House, changes: dict[str, Any], pointer: str) -> None:
    refused = at_home.proposer.post("catalogue/proposals", proposal_document(text=text_of("OP-001", **changes)))
    assert (*refusal(refused), refused.json["pointer"]) == (422, "catalogue-text-refused", pointer)
    assert "dollars" not in refused.body.decode()
    assert at_home.proposer.get("catalogue/proposals").json["proposals"] == []


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        (proposal_document("OP-999"), "/code"),
        (proposal_document("CM-001", entry="behaviour", text=text_of("OP-001")), "/code"),
        (proposal_document(text=text_of("OP-001")), "/text"),
        (proposal_document(text=None), "/text"),
        (retirement("OP-001") | {"text": text_of("OP-001")}, "/text"),
        (retirement("OP-001", "OP-001"), "/replaced_by"),
        (retirement("OP-001", "OP-999"), "/replaced_by"),
        (retirement("OP-001", "CM-001"), "/replaced_by"),
        (proposal_document(replaced_by=["OP-002"]), "/replaced_by"),
        (proposal_document(code="OP-001", kind="new"), "/code"),
        (proposal_document(code=None, kind="change"), "/code"),
        (proposal_document(based_on=2), "/based_on"),
        (proposal_document(based_on=0), "/based_on"),
        (proposal_document(reason=""), "/reason"),
        (proposal_document("CM-001", text=text_of("CM-001", mitigates=["OP-999"])), "/text/mitigates"),
        (proposal_document(text=text_of("OP-001", surfaces=["telepathy"])), "/text/surfaces/0"),
        (proposal_document(text=text_of("OP-001") | {"code": "OP-001"}), "/text"),
        (proposal_document(text=text_of("CM-001")), "/text"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_stands(at_home: House, document: dict[str, Any], pointer: str) -> None:
    refused = at_home.proposer.post("catalogue/proposals", document)
    assert refusal(refused) == (400, "request-invalid")
    assert str(refused.json.get("pointer")).startswith(pointer)


def test_no_member_learns_of_another_by_a_proposal(at_home: House) -> None:
    proposal_id = at_home.propose()
    judge(at_home.first, proposal_id)
    path = f"catalogue/proposals/{proposal_id}"
    for other in (at_home.second, at_home.running.enrol("Stranger")):
        shown = other.get(path)
        assert (shown.json["partner_id"], shown.json["own"]) == (None, False)
        assert [(one["partner_id"], one["own"]) for one in shown.json["reviews"]] == [(None, False)]
        assert at_home.proposer.partner_id not in shown.body.decode()
    assert at_home.proposer.get(path).json["partner_id"] == at_home.proposer.partner_id
    assert at_home.first.get(path).json["reviews"][0]["own"]
    assert at_home.operator.get(path).json["partner_id"] == at_home.proposer.partner_id


def test_proposals_are_listed_by_state_and_page_by_page(at_home: House) -> None:
    made = [at_home.propose(proposal_document(code)) for code in ("OP-001", "OP-002", "OP-003")]
    judge(at_home.first, made[1], "reject")
    assert [one["id"] for one in at_home.first.get("catalogue/proposals?state=rejected").json["proposals"]] == [made[1]]
    page, seen = at_home.first.get("catalogue/proposals?limit=2").json, []
    seen += page["proposals"]
    assert page["more"]
    page = at_home.first.get("catalogue/proposals", query={"limit": "2", "next": page["next"]}).json
    seen += page["proposals"]
    assert (page["more"], [one["id"] for one in seen]) == (False, made)
    wrong = at_home.first.get("catalogue/proposals", query={"state": "open", "next": page["next"]})
    assert refusal(wrong) == (400, "cursor-invalid")


def test_what_is_not_there_is_not_found(at_home: House) -> None:
    assert refusal(at_home.first.get(f"catalogue/proposals/{NAMELESS}")) == (404, "not-found")
    assert refusal(judge(at_home.first, NAMELESS)) == (404, "not-found")
    assert refusal(at_home.proposer.post(f"catalogue/proposals/{NAMELESS}/withdrawal", {})) == (404, "not-found")


def test_who_has_no_part_in_it_is_refused(at_home: House) -> None:
    running = at_home.running
    scopeless = running.enrol("Scopeless", scopes=frozenset())
    for nobody in (running.staff(StaffRole.AUDITOR, Permission), scopeless):
        assert refusal(nobody.get("catalogue/proposals")) == (403, "permission-missing")
        assert refusal(nobody.post("catalogue/proposals", proposal_document())) == (403, "permission-missing")
    assert refusal(judge(at_home.proposer, at_home.propose())) == (403, "permission-missing")
    for route in ("catalogue/proposals", "catalogue/release"):
        assert refusal(running.anybody.post(route, {})) == (401, "unauthenticated")


def test_the_same_request_again_does_nothing_again(at_home: House) -> None:
    headers = {"Idempotency-Key": "once"}
    made = [at_home.proposer.post("catalogue/proposals", proposal_document(), headers=headers) for _ in range(2)]
    assert made[0].json["id"] == made[1].json["id"]
    path = f"catalogue/proposals/{made[0].json['id']}/reviews"
    said = {"verdict": "approve", "reason": "Yes."}
    assert [at_home.first.post(path, said, headers=headers).status for _ in range(2)] == [201, 201]
    at_home.second.post(path, said)
    released = [at_home.operator.post("catalogue/release", {}, headers=headers).json["release"] for _ in range(2)]
    assert released == [2, 2]
    spare = at_home.propose(proposal_document("OP-002"))
    taken = [at_home.proposer.post(f"catalogue/proposals/{spare}/withdrawal", {}, headers=headers).status for _ in range(2)]
    assert taken == [200, 200]


def test_so_many_proposals_of_one_organisation_wait_at_once(at_home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.cataloguing.propose.MOST_WAITING", 1)
    at_home.propose()
    refused = at_home.proposer.post("catalogue/proposals", proposal_document("OP-002"))
    assert refusal(refused) == (409, "state-conflict")
    at_home.propose(proposal_document("OP-002"), by=at_home.operator)


def test_what_does_not_fit_together_is_left_out_of_a_release(at_home: House) -> None:
    same = [proposal_document(code, text=text_of(code, name="One name for both")) for code in ("OP-001", "OP-002")]
    first, second = map(at_home.propose, same)
    for one in (second, first):
        at_home.accept(one)
    assert at_home.operator.post("catalogue/release", {}).json["release"] == 2
    states = {one["id"]: one["state"] for one in at_home.proposer.get("catalogue/proposals").json["proposals"]}
    assert states == {first: "released", second: "outdated"}
