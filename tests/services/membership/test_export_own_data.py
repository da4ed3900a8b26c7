from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from app.domain.catalogue_proposal import EntryKind, ProposalKind, Verdict
from app.domain.errors import ConflictError, ForbiddenError, NotFoundError, UnauthenticatedError
from app.domain.partner import Principal
from app.domain.prevention import EffectBand
from app.domain.subject_request import SubjectAct
from app.domain.vocabulary import MemberRole, PartnerState, Tlp
from app.domain.webhook import Webhook, WebhookState
from app.services.cataloguing.propose import NewProposal, propose
from app.services.cataloguing.review import NewReview, review
from app.services.membership import export_own_data as exporting
from app.services.membership.enrol_partner import change_state
from app.services.membership.export_own_data import export_own_data
from app.services.membership.keep_persons import record_departure
from app.storage import exports, webhooks
from tests.factories.catalogue_changes import reworded
from tests.factories.contributors import adopt, saw
from tests.factories.drafting import desks
from tests.factories.exports import definition
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY, NOW
from tests.factories.signing_tasks import Desk
from tests.factories.stix_objects import indicator, newer
from tests.factories.subject_requests import ADDRESS, Office


def exported(hub: Hub, principal: Principal, partner_id: str | None = None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in export_own_data(hub.exchange, principal, partner_id)]


def administrator(member: Member, ceiling: Tlp = Tlp.RED) -> Principal:
    held = member.administrator()
    return replace(held, credential=replace(held.credential, tlp_ceiling=ceiling))


def test_all_that_is_ones_own_is_there_and_nothing_of_others(
    quick_hub: Hub, publisher: Member, other: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_AT_ONCE", 2)
    values = [publisher.sign(indicator()) for _ in range(5)]
    publisher.submit(*values, sign=False)
    foreign = indicator()
    other.submit(foreign)
    other.pull()
    lines = exported(quick_hub, administrator(publisher))
    counts = Counter(line["type"] for line in lines)
    assert counts == {
        **dict.fromkeys(("partner", "agreement", "audience", "key", "person", "receipt", "disclosure", "end"), 1),
        "object": 5,
    }
    assert [line["object"] for line in lines if line["type"] == "object"] == values
    assert lines[-1] == {"type": "end", "lines": len(lines) - 1}
    [told] = [line for line in lines if line["type"] == "disclosure"]
    assert (told["recipient_id"], len(told["versions"])) == (other.id, 5)
    assert foreign["id"] not in json.dumps(lines)
    [person] = [line for line in lines if line["type"] == "person"]
    assert person.keys() == {"type", "id", "roles", "left_at"}


def test_a_partner_that_ended_has_its_data_through_an_operator(quick_hub: Hub, publisher: Member) -> None:
    publisher.submit(indicator())
    with pytest.raises(ConflictError):
        exported(quick_hub, quick_hub.operator, publisher.id)
    for state in (PartnerState.SUSPENDED, PartnerState.ENDED):
        change_state(quick_hub.exchange, quick_hub.operator, publisher.id, state)
        assert "object" in {line["type"] for line in exported(quick_hub, quick_hub.operator, publisher.id)}


def test_nobody_else_has_it(quick_hub: Hub, publisher: Member, other: Member) -> None:
    with pytest.raises(ForbiddenError):
        exported(quick_hub, publisher.principal)
    with pytest.raises(NotFoundError):
        exported(quick_hub, administrator(publisher), other.id)
    for partner_id in (None, "nobody"):
        with pytest.raises(NotFoundError):
            exported(quick_hub, quick_hub.operator, partner_id)


def test_it_takes_a_credential_up_to_red(quick_hub: Hub, publisher: Member) -> None:
    with pytest.raises(ForbiddenError, match="red"):
        exported(quick_hub, administrator(publisher, Tlp.AMBER_STRICT))


def test_of_a_restricted_object_its_owner_has_the_dates_alone(quick_hub: Hub) -> None:
    office, publisher = Office(quick_hub), quick_hub.enrol("Platform")
    value = indicator(pattern=f"[email-addr:value = '{ADDRESS}']")
    publisher.store(value, other := indicator())
    office.agree(office.propose(office.look_up(), SubjectAct.RESTRICTION))
    lines = {line["id"]: line for line in exported(quick_hub, administrator(publisher)) if line["type"] == "object"}
    assert lines[value["id"]].keys() == {"type", "id", "version", "restricted", "received_at", "withdrawn_at", "log_index"}
    assert lines[value["id"]]["restricted"] is True
    assert lines[other["id"]]["object"]["id"] == other["id"]
    assert ADDRESS not in json.dumps(list(lines.values()))


def test_who_leaves_while_the_lines_leave_has_no_more_of_them(
    quick_hub: Hub, publisher: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_AT_ONCE", 1)
    publisher.submit(indicator(), indicator(), indicator())
    somebody = administrator(publisher)
    publisher.person(somebody, MemberRole.ADMINISTRATOR)
    going = export_own_data(quick_hub.exchange, somebody, None)
    lines = [next(going) for _ in range(3)]
    record_departure(quick_hub.exchange, quick_hub.operator, str(somebody.credential.person_id))
    with pytest.raises((ForbiddenError, UnauthenticatedError)):
        lines += list(going)
    assert b'"type":"end"' not in b"".join(lines)


def test_an_export_ends_where_it_began(quick_hub: Hub, publisher: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_AT_ONCE", 1)
    publisher.submit(indicator())
    going = export_own_data(quick_hub.exchange, administrator(publisher), None)
    first = next(going)
    quick_hub.clock.pass_time(DAY / 24)
    later = indicator()
    publisher.submit(later)
    assert later["id"].encode() not in b"".join([first, *going])


def test_an_operator_has_no_more_of_a_partner_that_was_let_in_again(
    quick_hub: Hub, publisher: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_AT_ONCE", 1)
    publisher.submit(indicator(), indicator())
    change_state(quick_hub.exchange, quick_hub.operator, publisher.id, PartnerState.SUSPENDED)
    going = export_own_data(quick_hub.exchange, quick_hub.operator, publisher.id)
    next(going)
    quick_hub.reactivate(publisher.id)
    with pytest.raises(ConflictError):
        list(going)


def test_what_one_has_exported_is_there_as_it_was_asked_for(quick_hub: Hub, publisher: Member, other: Member) -> None:
    mine = definition(partner_id=publisher.id, filters={"type": ["indicator"]}, deltas=None)
    with quick_hub.exchange.database.write() as connection:
        for one in (mine, definition(partner_id=other.id)):
            exports.add_definition(connection, one)
    [told] = [line for line in exported(quick_hub, administrator(publisher)) if line["type"] == "export"]
    assert (told["id"], told["filters"]) == (mine.definition_id, {"type": ["indicator"]})
    assert (told["snapshots"], told["deltas"]) == ({"cron": "0 3 * * *", "time_zone": "Europe/Amsterdam"}, None)


def test_where_one_is_called_is_there_without_secrets(quick_hub: Hub, publisher: Member, other: Member) -> None:
    mine = Webhook("w1", publisher.id, "hooks.example.org", 5, "sealed-url-and-secret", WebhookState.ACTIVE, NOW, NOW)
    with quick_hub.exchange.database.write() as connection:
        for one in (mine, replace(mine, webhook_id="w2", partner_id=other.id)):
            webhooks.add_webhook(connection, one)
    [told] = [line for line in exported(quick_hub, administrator(publisher)) if line["type"] == "webhook"]
    created_at = told.pop("created_at")
    assert created_at.startswith(str(NOW.date()))
    assert told == {
        "type": "webhook",
        "id": "w1",
        "host": "hooks.example.org",
        "cadence_minutes": 5,
        "state": "active",
        "cause": None,
    }


def test_what_one_declared_of_countermeasures_is_there_and_nobody_elses(quick_hub: Hub, publisher: Member, other: Member) -> None:
    adopt(quick_hub.exchange, (publisher.principal, other.principal))
    saw(quick_hub.exchange, (publisher.principal, other.principal), EffectBand.STRONG)
    told = [line for line in exported(quick_hub, administrator(publisher)) if line["type"] in {"adoption", "effect"}]
    adopted, seen = ({name: value for name, value in line.items() if name not in {"id", "declared_at"}} for line in told)
    declared = {"surface": "live-stream", "countermeasure": "CM-007"}
    assert adopted == declared | {"type": "adoption", "state": "adopted", "since": "2025-06-01", "until": None}
    days = {"observed_from": "2025-06-01", "observed_until": "2025-09-01"}
    assert seen == declared | days | {"type": "effect", "behaviour": "OP-017", "band": "strong", "evidence": "observational"}


def test_what_one_proposed_and_said_of_others_proposals_is_there(quick_hub: Hub, publisher: Member, other: Member) -> None:
    text = reworded("OP-001")
    new = NewProposal(ProposalKind.CHANGE, EntryKind.BEHAVIOUR, "OP-001", text, (), "It reads better so.", 1)
    made = propose(quick_hub.exchange, publisher.principal, new)
    held = administrator(other)
    reviewer = other.person(held, MemberRole.REVIEWER)
    review(quick_hub.exchange, reviewer, NewReview(made.proposal_id, Verdict.REJECT, "We see it in another way."))
    own = exported(quick_hub, administrator(publisher))
    [line] = [one for one in own if one["type"] == "catalogue-proposal"]
    assert (line["id"], line["document"], line["reason"], line["state"]) == (made.proposal_id, text, new.reason, "rejected")
    assert "We see it in another way." not in json.dumps(own)
    theirs = exported(quick_hub, held)
    [said] = [one for one in theirs if one["type"] == "catalogue-review"]
    assert (said["proposal"], said["verdict"], said["reason"]) == (made.proposal_id, "reject", "We see it in another way.")
    assert "catalogue-proposal" not in {one["type"] for one in theirs}


def test_drafts_are_ones_own(hub: Hub) -> None:
    ours = desks(hub)
    draft = ours.begun()
    held = replace(ours.administrator, credential=replace(ours.administrator.credential, tlp_ceiling=Tlp.RED))
    [line] = [one for one in exported(hub, held) if one["type"] == "draft"]
    assert (line["id"], line["author"], line["document"]) == (draft.draft_id, draft.author_id, draft.document)


def test_what_waits_for_the_signature_is_there_but_for_what_is_restricted(hub: Hub) -> None:
    office, desk = Office(hub), Desk(hub.enrol("Platform"))
    desk.member.store(value := indicator(pattern=f"[email-addr:value = '{ADDRESS}']"))
    hidden, waiting = desk.objects(newer(value)), desk.objects(indicator())
    office.do(office.look_up(), SubjectAct.RESTRICTION)
    held = replace(desk.administrator, credential=replace(desk.administrator.credential, tlp_ceiling=Tlp.RED))
    lines = {one["id"]: one for one in exported(hub, held) if one["type"] == "signing-task"}
    assert lines[waiting.task_id]["document"] == json.loads(str(waiting.document))
    assert (lines[hidden.task_id]["restricted"], lines[hidden.task_id].get("document")) == (True, None)
