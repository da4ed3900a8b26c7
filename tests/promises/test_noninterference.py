"""Two exchanges, equal but for what one partner may not see, answer that partner alike, on every route.

The world is built once and copied; in the copy hidden things happen: objects that the viewer may not see, statements of others
under ids it knows, refusals, reads, changes of others' terms. Then the same visible things happen in both. The viewer's
transcripts must be equal but for ``DECLASSIFIED`` (the list of ``docs/policy-in-detail.md``) and what is ``RANDOM`` by nature.
"""

from __future__ import annotations

import base64
import json
import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.domain.agreement import ReadVolume
from app.domain.object_vocabulary import (
    DisputeEvidence,
    DisputeReason,
    FeedbackKind,
    FeedbackMark,
    FeedbackOutcome,
    RecallOutcome,
)
from app.domain.partner_request import RequestOutcome
from app.domain.vocabulary import ANY, Assurance, Channel, Harm, MemberRole, PartnerState, Purpose, Role, Tlp
from app.http import api
from app.http.problems import problem
from app.services.approval.look_up import ApprovalQuery, list_approvals
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.membership.enrol_partner import change_state, propose_reactivation
from app.services.membership.keep_persons import list_persons
from app.services.membership.look_at_groups import list_groups
from app.services.overlapping.hold import NewHoldings
from app.services.overlapping.hold import register as register_holdings
from app.services.paging.answer_pages import list_pages
from app.services.proving.checkpoints import checkpoint_now
from app.services.recalling.contest import list_contests
from app.services.recalling.contest_round import LEAVES
from app.services.recalling.look_up_notices import NoticesAsked, list_notices
from app.services.requesting.answer import NewAnswer, answer_request
from app.services.requesting.start_clock import close_request, start_clock
from app.services.weighing.compose_feedback import FeedbackAsked, compose_feedback
from app.storage.session import Database
from app.taxii import interface as taxii
from app.taxii.errors import taxii_error
from app.web import application
from breakwater_client.log_tile import tiles_of
from breakwater_client.signing.acknowledgement import Acknowledgement, Answered, sign_acknowledgement
from breakwater_client.trust.possession import prove_possession
from tests.factories import blinded
from tests.factories.agencies import agency, matches
from tests.factories.agencies import register as register_interest
from tests.factories.contributors import adopt
from tests.factories.groups import let_in, make_group, put_out
from tests.factories.members import DAY, Hub, Member, started_hub
from tests.factories.partner_requests import request_of
from tests.factories.signing_tasks import waiting_task
from tests.factories.stix_objects import CREATED, TLP_RED, context, indicator, marking, newer, report, stix_id, user_account
from tests.factories.taxii import COLLECTIONS, ROOT, TAXII, of
from tests.factories.urgent import add_contacts, call, urgent_context, urgent_indicator

DECLASSIFIED = {
    # How much the exchange holds, in all: the log is one, and its hashes are what its checkpoints sign.
    "log_index",
    "log_indexes",
    "tree_size",
    "second",
    "path",
    "checkpoint",
    "next",
    "added_at",
    "date_added",
    *(f"X-{which}-{when}" for which in ("Breakwater-Added", "TAXII-Date-Added") for when in ("First", "Last")),
}
RANDOM = {
    "request_id",
    "error_id",
    "X-Request-Id",
    "Location",
    "challenge",
    "token",
    "sig",
    "recall",
    "salt",
    "submission",
    "credential_id",
    "issued_by",
    "account_id",
    "Date",
}
# An id that the exchange drew: of a submission or a credential. Ids of STIX objects and partners are compared as they are.
RANDOM_ID_ROUTES = {
    "GET /searches",
    "POST /searches",
    "POST removal of a search",
    "POST /submissions",
    "GET /submissions/own",
    "POST TAXII objects",
    "GET TAXII status",
    "GET /pages",
    "POST acknowledgement",
    "POST withdrawal",
    "GET /recalls",
    "POST /credentials",
    "GET /credentials",
    "POST /credentials/revocation",
    "GET /sharing-groups",
    "POST /sharing-groups",
    "PUT own member",
    "DELETE own member",
    "GET own group",
    "DELETE own group",
}
NOBODY = "00000000-0000-4000-8000-000000000000"
HASHES = {"GET checkpoint", "GET checkpoint of size", "GET tile"}
"""What is nothing but hashes, of all that is logged."""

ABSENT = "indicator--00000000-0000-4000-8000-000000000000"


@dataclass
class World:
    """One of two exchanges: its hub, and its members by name."""

    hub: Hub
    members: dict[str, Member]
    shared: str  # a sharing group that the viewer reads
    administrator: str  # the token of a person who administers the viewer
    hidden: dict[str, str] = field(default_factory=dict)  # ids of what happened out of sight, by what it is

    def copy_to(self, path: Path) -> World:
        source = Path(str(self.hub.exchange.database.engine.url.database))
        with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(path)) as there:
            here.backup(there)
        exchange = replace(self.hub.exchange, database=Database(f"sqlite:///{path}"), clock=replace(self.hub.clock))
        hub = Hub(exchange, exchange.clock, self.hub.first_operator)
        members = {}
        for name, member in self.members.items():
            twin = Member(hub, member.partner, member.token)
            twin.key, twin.everybody = member.key, member.everybody
            members[name] = twin
        return World(hub, members, self.shared, self.administrator)


def opinion(about: str) -> dict[str, Any]:
    """Give what somebody thinks of an object."""
    stated = {"type": "opinion", "spec_version": "2.1", "id": stix_id("opinion"), "created": CREATED, "modified": CREATED}
    return stated | {"opinion": "agree", "object_refs": [about]}


def _narrow_what_is_hidden(owner: Member, other: Member, only_other: str, without_viewer: str) -> None:
    """Let an owner narrow a hidden object that a hidden report refers to: the viewer loses by it, and has nothing to lose."""
    label, nobody, hiding = marking(only_other), marking(owner.add_audience()), marking(without_viewer)
    secret = indicator(object_marking_refs=[label["id"]])
    owner.store(label, nobody, secret)
    other.store(hiding, report([secret["id"]], object_marking_refs=[hiding["id"]]))
    owner.store(newer(secret, object_marking_refs=[nobody["id"]]))


def _share_out_of_sight(world: World, known_id: str) -> None:
    """Post to a group that the viewer is not in: new objects, a newer version of one it knows, and one that it knows."""
    author, other = world.members["author"], world.members["other"]
    group_id = make_group(world.hub, author, other, title="Hidden group")
    make_group(world.hub, other, by=author)
    (known,) = (one for one in author.pull()[0] if one["id"] == known_id and author.partner.identity_id in json.dumps(one))
    author.submit(
        indicator(), user_account("shared"), newer(known, "2026-01-05T10:00:00.500Z", name="Renamed"), group_id=group_id
    )
    author.submit(known, sign=False, group_id=group_id)
    let_in(world.hub, world.shared, other)
    put_out(world.hub, world.shared, other)


def _withdraw_out_of_sight(owner: Member, other: Member, only_other: str) -> None:
    """Withdraw what another was given and the viewer never saw: that one is told."""
    label = marking(only_other)
    secret = indicator(object_marking_refs=[label["id"]], stated=context(harm_types=["csam"]))
    owner.store(label, secret)
    other.look_up(secret["id"])
    withdraw(owner.hub.exchange, owner.principal, WithdrawalRequest(secret["id"]))
    owner.hub.work()
    assert "recall-notice" in [one["type"] for one in other.pull()[0]]


def _suspend_and_propose(hub: Hub, name: str) -> None:
    """Suspend a newcomer, and have it proposed that it be active again: the affair of that partner and the exchange."""
    newcomer = hub.enrol(name, Role.NGO)
    change_state(hub.exchange, hub.operator, newcomer.id, PartnerState.SUSPENDED)
    propose_reactivation(hub.exchange, hub.operator, newcomer.id, "It was looked into.")


def _hidden_happenings(world: World, known_id: str, hidden_id: str, rng: random.Random, most: int | None = None) -> None:
    """What the viewer may not learn of, in random order; ``most`` of it, or all."""
    author, other, viewer, plain = (world.members[name] for name in ("author", "other", "viewer", "plain"))
    only_other = author.add_audience(partners_in=[other.id])
    only_author = other.add_audience(partners_in=[author.id])
    without_viewer = other.add_audience(roles=["any"], jurisdictions=["any"], partners_out=[viewer.id])
    later = (world.hub.clock.now + 30 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")

    def marked(member: Member, audience_id: str | None, *values: dict[str, Any], **terms: Any) -> None:
        label = marking(audience_id, **terms)
        member.store(label, *(value | {"object_marking_refs": [label["id"]]} for value in values))

    happenings: list[Callable[[], object]] = [
        lambda: marked(author, only_other, indicator(id=hidden_id), indicator()),
        lambda: marked(other, without_viewer, indicator(id=known_id)),
        lambda: marked(author, None, indicator(), release_at=later),
        lambda: author.store(indicator(object_marking_refs=[TLP_RED])),
        lambda: author.store(indicator(stated=context(subject_status="may-be-child", harm_types=["csam"]))),
        lambda: author.store(user_account("hidden")),
        lambda: plain.submit(user_account("hidden, and unsigned"), indicator(object_marking_refs=[TLP_RED]), sign=False),
        lambda: plain.submit(author.sign(indicator(object_marking_refs=[TLP_RED])), sign=False),
        lambda: author.store(urgent_indicator(object_marking_refs=[TLP_RED])),
        lambda: add_contacts(other),
        lambda: marked(other, only_author, opinion(known_id)),
        lambda: other.store(indicator(stated=urgent_context(subject_status="may-be-child"))),
        lambda: marked(other, without_viewer, report([known_id, hidden_id])),
        lambda: _narrow_what_is_hidden(author, other, only_other, without_viewer),
        lambda: _share_out_of_sight(world, known_id),
        lambda: _withdraw_out_of_sight(author, other, only_other),
        lambda: other.submit(indicator(description="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA")),
        other.pull,
        lambda: other.agree(harm_types=frozenset({Harm.CSAM})),
        other.add_key,
        lambda: other.person(other.administrator(), MemberRole.ANALYST),
        lambda: _let_a_task_wait(world, other),
        lambda: _register_out_of_sight(world, rng),
        lambda: _judge_out_of_sight(world, known_id, only_other, only_author),
        lambda: _suspend_and_propose(world.hub, f"suspended-{rng.getrandbits(32)}"),
        lambda: world.hub.enrol(f"newcomer-{rng.getrandbits(32)}", Role.NGO),
    ]
    rng.shuffle(happenings)
    for happen in happenings[: most or len(happenings)]:
        happen()
    world.hub.work()
    call(world.hub)


class Transcript:
    """What the viewer asks, and what it is answered."""

    def __init__(self, world: World, signed: dict[str, dict[str, Any]]) -> None:
        app = Flask("twin", static_folder=None)
        application.install(
            app, world.hub.exchange, application.Logging("CRITICAL", "json"), {"": problem, "/taxii2": taxii_error}
        )
        api.install(app)
        taxii.install(app)
        self.app, self.world, self.signed = app, world, signed
        self.client = app.test_client()
        self.routes: set[str] = set()
        self.lines: list[tuple[str, int, Any, Any]] = []

    def ask(self, label: str, method: str, path: str, **options: Any) -> Any:
        token = options.pop("token", None) or self.world.members["viewer"].token
        headers = {"Authorization": f"Bearer {token}", "Breakwater-Purpose": "detection"} | options.pop("headers", {})
        answer = self.client.open(path, method=method, headers=headers, **options)
        data = answer.data
        answer.close()
        rule, _ = self.app.url_map.bind("localhost").match(path.partition("?")[0], method, return_rule=True)
        self.routes.add(f"{method} {rule.rule}")
        document = json.loads(data) if data and "json" in answer.content_type else data
        dropped_id = label in RANDOM_ID_ROUTES
        if label in OF_ALL_KEYS:
            assert document.keys() in ({"payloadType", "payload", "signatures"}, {"keys"})
            self.lines.append((label, answer.status_code, None, None))
            return document
        if label == "GET keys of a group" and answer.status_code == HTTPStatus.OK:
            for one in document["keys"]:
                assert one.pop("key").startswith("bwtk_"), "drawn at random, and its epoch with it"
                del one["epoch"]
        if label == "GET key" and answer.status_code == HTTPStatus.OK:
            del document["key"]["not_after"]  # a date of a key: the directory tells it to everybody
        if label == "POST feedback" and answer.status_code == HTTPStatus.OK:
            del document["object"]["id"]  # drawn for it
        if label in HASHES and answer.status_code == HTTPStatus.OK:
            document = None
        self.lines.append((label, answer.status_code, _plain(dict(answer.headers)), _plain(document, dropped_id=dropped_id)))
        return document


# Who has which keys, and what became of them, is everybody's (decision 27); these hold nothing else.
OF_ALL_KEYS = {"GET key directory ", "GET key directory /jwks"}


def _plain(value: Any, *, dropped_id: bool = False) -> Any:
    if isinstance(value, dict):
        if isinstance(value.get("payload"), str):  # a signed envelope: what it says counts
            value = {**value, "payload": json.loads(base64.b64decode(value["payload"]))}
        left_out = (
            DECLASSIFIED
            | RANDOM
            | {"Content-Length"}
            | ({"id"} if dropped_id and "type" not in value and "pointer" not in value else set())
        )
        return {name: "…" if name in left_out else _plain(one, dropped_id=dropped_id) for name, one in value.items()}
    return [_plain(one, dropped_id=dropped_id) for one in value] if isinstance(value, list) else value


def _ask_everything(transcript: Transcript, known_id: str, hidden_id: str) -> None:
    ask, signed, viewer = transcript.ask, transcript.signed, transcript.world.members["viewer"]
    v1 = "/api/v1"
    for path in (
        "/livez",
        "/readyz",
        "/metrics",
        f"{v1}/openapi.json",
        f"{v1}/docs",
        f"{v1}/exchange",
        f"{v1}/policy/mine",
        f"{v1}/policy/members",
    ):
        ask(path, "GET", path)
    for rule in transcript.app.url_map.iter_rules():
        if "docs/" in rule.rule or "schemas" in rule.rule:
            ask(rule.rule, "GET", rule.rule.replace("<path:name>", "x").replace("<name>", "x").replace("<path:filename>", "x"))
    for label in ("own", "refers", "collides", "collides-again", "urgent"):
        body = json.dumps({"objects": [signed[label]]})
        kept = ask(
            "POST /submissions",
            "POST",
            f"{v1}/submissions",
            data=body,
            content_type="application/json",
            headers={"Idempotency-Key": label},
        )
        ask("GET /submissions/own", "GET", f"{v1}/submissions/{kept['id']}")
    ask("GET /submissions/absent", "GET", f"{v1}/submissions/{'0' * 8}-0000-4000-8000-{'0' * 12}")
    hidden_account, absent_account = user_account("hidden")["id"], user_account("absent")["id"]
    own = (signed["own"]["id"], signed["refers"]["id"])
    _ask_by_id(transcript, (known_id, hidden_id, ABSENT, "nonsense", *own, hidden_account, absent_account))
    _ask_pages(transcript)
    ask("bad cursor", "GET", f"{v1}/objects", query_string={"next": "AAAA"})
    _ask_taxii(transcript, (known_id, hidden_id, ABSENT, "nonsense", signed["own"]["id"]))
    _ask_of_withdrawals(transcript, (known_id, hidden_id, ABSENT, "nonsense"))
    _ask_administration(transcript, viewer)
    _ask_of_calls(transcript)
    _ask_of_groups(transcript)
    _ask_of_requests_and_proposals(transcript)
    _ask_of_signing_tasks(transcript)
    _ask_of_overlap(transcript)
    _ask_of_the_log(transcript, (known_id, hidden_id, ABSENT, "nonsense", signed["own"]["id"]))
    _ask_of_exports(transcript)
    _ask_of_approvals(transcript)
    _ask_of_persons(transcript)
    _ask_of_subject_requests(transcript)
    _ask_of_feedback(transcript, (known_id, hidden_id, ABSENT, "nonsense", *own, hidden_account, absent_account))
    _ask_of_policy(transcript, (known_id, hidden_id, ABSENT, signed["own"]["id"], signed["refers"]["id"]))


def _ask_of_policy(transcript: Transcript, identifiers: tuple[str, ...]) -> None:
    """Ask who sees what: of members that are listed and not, of objects that are one's own, others' and nobody's."""
    ask, v1 = transcript.ask, "/api/v1/policy"
    asked_about = (*(transcript.world.members[name].id for name in ("author", "other")), NOBODY)  # listed, not listed, absent
    for identifier in identifiers:
        ask("GET who-sees", "GET", f"{v1}/who-sees", query_string={"object": identifier})
        for partner_id in asked_about:
            asked = {"object": identifier, "partner": partner_id, "purpose": "detection"}
            ask("GET explanation", "GET", f"{v1}/explanation", query_string=asked)
    ask("POST diff", "POST", f"{v1}/diff", json={})
    signed = transcript.signed
    for label in ("own", "refers", "collides", "collides-again", "urgent"):
        ask("POST simulation of objects", "POST", f"{v1}/simulation", json={"objects": [signed[label]]})
    for identifier in identifiers:
        refers = report([identifier], id=ABSENT.replace("indicator", "report"))
        ask("POST simulation of a report", "POST", f"{v1}/simulation", json={"objects": [refers]})
    everybody = {"roles": ["any"], "jurisdictions": ["any"]}
    for partner_id in asked_about:
        for audience in ({"partners_in": [partner_id]}, everybody, everybody | {"partners_out": [partner_id]}):
            ask("POST simulation", "POST", f"{v1}/simulation", json={"handling": {"audience": audience}})


def _ask_of_requests_and_proposals(transcript: Transcript) -> None:
    """Ask for what partners ask each other and what they propose for the catalogue: nobody else's."""
    ask, v1 = transcript.ask, "/api/v1"
    for path in ("/clocks", "/hotlines", "/requests", "/catalogue/proposals"):
        ask(f"GET {path}", "GET", f"{v1}{path}")
    for path in ("/requests", "/catalogue/proposals", "/catalogue/release"):
        ask(f"POST {path} badly", "POST", f"{v1}{path}", json={"nonsense": 1})
    for one in (transcript.world.hidden.get("request", NOBODY), NOBODY, "nonsense"):
        ask("GET request", "GET", f"{v1}/requests/{one}")
        ask("POST answer to a request", "POST", f"{v1}/requests/{one}/answer", json={"outcome": "declined"})
        ask("POST closing", "POST", f"{v1}/requests/{one}/closing", json={})
    for one in (NOBODY, "nonsense"):
        offer = {"offer_id": f"access-offer--{one}", "purpose": "detection", "legal_basis": "contract"}
        ask("POST access request", "POST", f"{v1}/access-requests", json=offer)
        ask("GET proposal", "GET", f"{v1}/catalogue/proposals/{one}")
        for path in (f"/catalogue/proposals/{one}/reviews", f"/catalogue/proposals/{one}/withdrawal"):
            ask(f"POST {path}", "POST", f"{v1}{path}", json={})


def _let_a_task_wait(world: World, owner: Member) -> None:
    """Let something wait for another's signature."""
    world.hidden["signing-task"] = waiting_task(world.hub, owner.id).task_id


def _ask_of_signing_tasks(transcript: Transcript) -> None:
    """Ask for what waits for a signature: another's, and nobody's."""
    ask, v1 = transcript.ask, "/api/v1/signing-tasks"
    ask("GET /signing-tasks", "GET", v1)
    for one in (transcript.world.hidden.get("signing-task", NOBODY), NOBODY, "nonsense"):
        ask("GET signing task", "GET", f"{v1}/{one}")
        ask("POST signed", "POST", f"{v1}/{one}/signed", json={"signed": {"group_id": None, "objects": []}})


def _ask_of_feedback(transcript: Transcript, identifiers: tuple[str, ...]) -> None:
    """Ask what is said of objects: of one's own, others' and nobody's."""
    ask, v1 = transcript.ask, "/api/v1"
    for identifier in identifiers:
        for said in ({"kind": "mark", "word": "reviewed"}, {"kind": "dispute", "word": "outdated", "evidence": "none-given"}):
            ask("POST feedback", "POST", f"{v1}/objects/{identifier}/feedback", json=said)
        ask("GET /feedback of one", "GET", f"{v1}/feedback", query_string={"object": identifier})
        ask("GET assertions", "GET", f"{v1}/objects/{identifier}/assertions")
    ask("GET /feedback", "GET", f"{v1}/feedback")
    ask("GET statistics", "GET", f"{v1}/feedback/statistics")
    listed = ask("GET /disputes", "GET", f"{v1}/disputes").get("disputes", [])  # a refusal lists none
    ask("GET /disputes", "GET", f"{v1}/disputes", query_string={"limit": max(1, len(listed))})


def _ask_of_subject_requests(transcript: Transcript) -> None:
    ask, requests = transcript.ask, "/api/v1/subject-requests"
    for token in (None, transcript.world.administrator):
        ask("GET /holds", "GET", "/api/v1/holds", token=token)
        ask("POST /holds", "POST", "/api/v1/holds", token=token, json={"nonsense": 1})
        ask("POST lifting", "POST", f"/api/v1/holds/{ABSENT}/lifting", token=token, json={"nonsense": 1})
        ask("GET /jobs", "GET", "/api/v1/jobs", token=token)
        ask("GET job", "GET", "/api/v1/jobs/1", token=token)
        ask("POST retry", "POST", "/api/v1/jobs/1/retry", token=token)
        ask("POST cancellation", "POST", "/api/v1/jobs/1/cancellation", token=token)
        ask("GET /subject-requests", "GET", requests, token=token)
        ask("POST /subject-requests", "POST", requests, token=token, json={"nonsense": 1})
        ask("GET figures", "GET", f"{requests}/figures", token=token)
        for request_id in (NOBODY, "nonsense"):
            ask("GET subject request", "GET", f"{requests}/{request_id}", token=token)
            ask("GET letter", "GET", f"{requests}/{request_id}/letters/answer", token=token)
            for step in ("acts", "extension", "closure"):
                ask(f"POST {step}", "POST", f"{requests}/{request_id}/{step}", token=token, json={})


def _ask_of_exports(transcript: Transcript) -> None:
    ask, exports = transcript.ask, "/api/v1/exports"
    ask("GET /exports", "GET", exports)
    ask("POST /exports", "POST", exports, json={"nonsense": 1})
    for definition_id in (NOBODY, "nonsense"):
        one = f"{exports}/{definition_id}"
        for rest in ("", "/runs", "/runs/1", "/manifest", "/manifests/1", "/files/00000001-snapshot-0001.ndjson.zst"):
            ask(f"GET export{rest}", "GET", f"{one}{rest}")
        ask("PATCH export", "PATCH", one, json={"paused": True})
        ask("DELETE export", "DELETE", one)
        ask("POST run", "POST", f"{one}/runs", json={})


def _ask_of_approvals(transcript: Transcript) -> None:
    ask, v1, hub = transcript.ask, "/api/v1", transcript.world.hub
    proposed = list_approvals(hub.exchange, hub.operator, ApprovalQuery(None, None, 100)).approvals
    other = transcript.world.members["other"]
    ask("GET /approvals", "GET", f"{v1}/approvals")
    for approval_id in ([one.approval.approval_id for one in proposed] or [NOBODY])[0], NOBODY, "nonsense":
        ask("GET approval", "GET", f"{v1}/approvals/{approval_id}")
        ask("POST approval", "POST", f"{v1}/approvals/{approval_id}/approval", json={"digest": "0" * 64, "reason": "No."})
        ask("POST rejection", "POST", f"{v1}/approvals/{approval_id}/rejection", json={"reason": "No."})
    for partner_id in (transcript.world.members["viewer"].id, other.id, NOBODY, "nonsense"):
        ask("GET reasons", "GET", f"{v1}/partners/{partner_id}/reasons")
        ask("GET relations", "GET", f"{v1}/partners/{partner_id}/relations")
        ask("PUT relations", "PUT", f"{v1}/partners/{partner_id}/relations", json={"parent_id": None, "client_of": []})
    ask("POST reactivation", "POST", f"{v1}/partners/{other.id}/reactivation", json={"reason": "No."})


def _ask_of_persons(transcript: Transcript) -> None:
    ask, v1, hub = transcript.ask, "/api/v1", transcript.world.hub
    other = transcript.world.members["other"]
    theirs = [one.person.person_id for one in list_persons(hub.exchange, hub.operator, other.id)]
    for token in (None, transcript.world.administrator):
        ask("GET /persons", "GET", f"{v1}/persons", token=token)
        ask("GET /approvals as a person", "GET", f"{v1}/approvals", token=token)
        ask("GET /persons of another", "GET", f"{v1}/persons", token=token, query_string={"partner_id": other.id})
        ask("POST /persons badly", "POST", f"{v1}/persons", token=token, json={"nonsense": 1})
        new = {"name": "Somebody", "member_roles": []}
        ask("POST /persons of another", "POST", f"{v1}/persons", token=token, json=new | {"partner_id": other.id})
        ask("POST /persons/staff", "POST", f"{v1}/persons/staff", token=token, json={"nonsense": 1})
        for person_id in ((theirs or [NOBODY])[0], hub.first_operator.person.person_id, NOBODY, "nonsense"):
            path = f"{v1}/persons/{person_id}"
            ask("POST /persons/{id}/invitations of another", "POST", f"{path}/invitations", token=token)
            ask("GET person", "GET", path, token=token)
            ask("PATCH person", "PATCH", path, token=token, json={"member_roles": []})
            ask("POST roles", "POST", f"{path}/roles", token=token, json={"staff_roles": [], "reason": "No."})
            ask("POST departure", "POST", f"{path}/departure", token=token, json={})
            said = {"person_id": person_id, "reason": "Lost.", "recognised": "In person."}
            ask("POST recovery of another", "POST", f"{v1}/recoveries", token=token, json=said)
        ask("GET /recoveries", "GET", f"{v1}/recoveries", token=token)
        for recovery_id in (NOBODY, "nonsense"):
            path = f"{v1}/recoveries/{recovery_id}"
            ask("GET recovery", "GET", path, token=token)
            ask("POST agreement", "POST", f"{path}/agreement", token=token, json={})
            ask("POST refusal", "POST", f"{path}/refusal", token=token, json={})


def _ask_of_groups(transcript: Transcript) -> None:
    ask, groups = transcript.ask, "/api/v1/sharing-groups"
    listed = ask("GET /sharing-groups", "GET", groups)["sharing_groups"]
    hub, seen = transcript.world.hub, [one["id"] for one in listed]
    hidden = [one.group.group_id for one in list_groups(hub.exchange, hub.operator) if one.group.group_id not in seen]
    other, nobody = transcript.world.members["other"].id, "00000000-0000-4000-8000-000000000000"
    for group_id in (*seen[:1], (hidden or [nobody])[0], "nonsense"):
        ask("GET group", "GET", f"{groups}/{group_id}")
        ask("GET keys of a group", "GET", f"{groups}/{group_id}/token-keys")
        ask("POST rotation of a key", "POST", f"{groups}/{group_id}/token-keys/rotation", json={})
        ask("PATCH group", "PATCH", f"{groups}/{group_id}", json={"description": "Mine"})
        ask("DELETE group", "DELETE", f"{groups}/{group_id}")
        ask("POST to group", "POST", "/api/v1/submissions", query_string={"group": group_id}, json={"objects": []})
        ask("PUT member", "PUT", f"{groups}/{group_id}/members/{other}", json={"can_read": True, "can_write": True})
        ask("DELETE member", "DELETE", f"{groups}/{group_id}/members/{nobody}")
    made = ask("POST /sharing-groups", "POST", groups, json={"title": "Own group", "shares_history": True})["id"]
    for named in (other, nobody):
        ask("PUT own member", "PUT", f"{groups}/{made}/members/{named}", json={"can_read": True, "can_write": False})
    ask("DELETE own member", "DELETE", f"{groups}/{made}/members/{nobody}")
    ask("GET own group", "GET", f"{groups}/{made}")
    ask("DELETE own group", "DELETE", f"{groups}/{made}")


def _ask_of_overlap(transcript: Transcript) -> None:
    """Ask who else holds what others registered out of sight; who deconflicts has a test of its own beside this one."""
    ask, overlap, deconfliction, world = transcript.ask, "/api/v1/overlap", "/api/v1/deconfliction", transcript.world
    evaluator = world.hub.exchange.keys.overlap
    epoch = ask("GET overlap key", "GET", f"{overlap}/key")["epoch"]
    until = (world.hub.clock.now + DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    ask("POST evaluations", "POST", f"{overlap}/evaluations", json={"epoch": epoch, "elements": ["A" * 43]})
    for group_id in (world.shared, NOBODY):
        held = {"group_id": group_id, "epoch": epoch, "tokens": [blinded.token(evaluator, "1", group_id)]}
        ask("POST overlap matches", "POST", f"{overlap}/matches", json=held)
        ask("POST overlap tokens", "POST", f"{overlap}/tokens", json=held | {"until": until})
        ask("POST overlap removal", "POST", f"{overlap}/tokens/removal", json={"group_id": group_id})
    ask("GET overlap tokens", "GET", f"{overlap}/tokens")
    for path in ("interests", "matches"):
        ask(f"GET {path}", "GET", f"{deconfliction}/{path}")
    interest = {
        "epoch": epoch,
        "tokens": [blinded.token(evaluator, "1")],
        "kind": "investigation",
        "until": until,
        "contact_id": NOBODY,
    }
    ask("POST interests", "POST", f"{deconfliction}/interests", json=interest)
    for interest_id in (world.hidden.get("interest", NOBODY), NOBODY):
        ask("POST interest withdrawal", "POST", f"{deconfliction}/interests/{interest_id}/withdrawal", json={})


def _register_out_of_sight(world: World, rng: random.Random) -> None:
    """Let others register the same in a group without the viewer, and two new agencies meet."""
    author, other = world.members["author"], world.members["other"]
    group_id = make_group(world.hub, author, other, title=f"Unseen {rng.getrandbits(32)}")
    evaluator = world.hub.exchange.keys.overlap
    for member in (author, other):
        tokens = [blinded.token(evaluator, "1", group_id)]
        held = NewHoldings(group_id, blinded.epoch(evaluator), tokens, world.hub.clock.now + 30 * DAY)
        register_holdings(world.hub.exchange, member.principal, held, Purpose.DETECTION)
    agencies = [agency(world.hub, f"agency-{rng.getrandbits(32)}") for _ in range(2)]
    for one in agencies:
        world.hidden["interest"] = register_interest(one, "1")[0].interest_id
    assert matches(agencies[0])
    _ask_each_other_out_of_sight(world, agencies[0])


def _ask_each_other_out_of_sight(world: World, asker: Member) -> None:
    """Let an agency ask one partner, which answers, and have a second request closed; nobody else sees either."""
    author, exchange = world.members["author"], world.hub.exchange
    label = marking(asker.add_audience(partners_in=[author.id]))
    asked = [
        request_of("information-request", to, world.hub.clock.now, object_marking_refs=[label["id"]])
        for to in ([author.partner.identity_id], [])
    ]
    asker.store(label, *asked)
    first, second = (start_clock(exchange, asker.principal, one["id"], None).request_id for one in asked)
    answer_request(exchange, author.reader(), first, NewAnswer(RequestOutcome.DECLINED))
    close_request(exchange, asker.principal, second)
    world.hidden["request"] = first


def _judge_out_of_sight(world: World, known_id: str, only_other: str, only_author: str) -> None:
    """Dispute, and give feedback on, what the viewer does not see; and on what it sees by a handling that leaves it out."""
    author, other = world.members["author"], world.members["other"]
    label, answers = marking(only_other), marking(only_author)
    secret = indicator(object_marking_refs=[label["id"]], stated=context(harm_types=["csam"]))
    author.store(label, secret)
    other.store(answers)
    for asked in (
        FeedbackAsked(FeedbackKind.DISPUTE, DisputeReason.OUTDATED, DisputeEvidence.HUMAN_REVIEW),
        FeedbackAsked(FeedbackKind.OUTCOME, FeedbackOutcome.FALSE_POSITIVE),
        FeedbackAsked(FeedbackKind.MARK, FeedbackMark.REVIEWED),
        FeedbackAsked(FeedbackKind.SIGHTING, count=0),
    ):
        value = compose_feedback(world.hub.exchange, other.reader(), secret["id"], asked).value
        value |= {"object_marking_refs": [answers["id"]]}
        other.store(value)
        if asked.kind is not FeedbackKind.DISPUTE:  # which would be told to all who have it
            other.store(json.loads(json.dumps(value).replace(secret["id"], known_id)) | {"id": stix_id(value["type"])})
    adopt(world.hub.exchange, [author.principal])


def _ask_of_the_log(transcript: Transcript, identifiers: tuple[str, ...]) -> None:
    """Ask for everything about the log: what is proved, and whether it is, must be equal; which hashes prove it cannot be."""
    ask, world, log = transcript.ask, transcript.world, "/api/v1/log"
    size = checkpoint_now(world.hub.exchange, world.hub.operator).tree_size
    ask("GET checkpoint", "GET", f"{log}/checkpoint")
    ask("GET checkpoint of size", "GET", f"{log}/checkpoints/{size}")
    ask("GET tile", "GET", f"{log}/tile/{next(tiles_of(size)).path}")
    ask("POST checkpoint", "POST", f"{log}/checkpoints", json={})
    ask("GET cosigned checkpoint", "GET", f"{log}/checkpoint", query_string={"cosigned_by": "1"})
    ask("POST cosignature", "POST", f"{log}/cosignatures", json={"note": "nonsense"})
    ask("GET consistency", "GET", f"{log}/consistency", query_string={"first": "0"})
    for identifier in identifiers:
        path = f"/api/v1/objects/{identifier}/versions/2026-01-05T10:00:00.000Z/proof"
        for query in ({}, {"covered_by": "first"}, {"tree_size": "1"}):
            ask("GET proof", "GET", path, query_string=query)
    again = {"data": json.dumps({"objects": [transcript.signed["own"]]}), "headers": {"Idempotency-Key": "own"}}
    kept = ask("POST /submissions", "POST", "/api/v1/submissions", content_type="application/json", **again)
    ask("GET submission proof", "GET", f"/api/v1/submissions/{kept['id']}/proof")
    # At which indexes its own entries are depends on all that is logged; what they say, and how many there are, does not.
    before = len(transcript.lines)
    for index in range(size):
        ask("GET entry", "GET", f"{log}/entries/{index}/proof")
    asked, transcript.lines[before:] = transcript.lines[before:], []
    own = [told["document"] for _, status, _, told in asked if status == HTTPStatus.OK]
    transcript.lines.append(("GET entries", len(own), None, own))


def _ask_of_calls(transcript: Transcript) -> None:
    ask, v1 = transcript.ask, "/api/v1"
    call(transcript.world.hub)
    pages = ask("GET /pages", "GET", f"{v1}/pages")["pages"]
    ask("GET /pages", "GET", f"{v1}/pages", query_string={"limit": "1"})
    theirs = [one.page.page_id for one in list_pages(transcript.world.hub.exchange, transcript.world.hub.operator, 100)]
    hidden = [one for one in theirs if one not in {page["id"] for page in pages}]
    for page_id in (*(page["id"] for page in pages[:1]), (hidden or [NOBODY])[0]):
        ask("POST acknowledgement", "POST", f"{v1}/pages/{page_id}/acknowledgement", json={})
    contacts = ask("GET /contacts", "GET", f"{v1}/contacts")["contacts"]
    ask("POST /contacts badly", "POST", f"{v1}/contacts", json={"nonsense": 1})
    for contact_id in (contacts[0]["id"], "00000000-0000-4000-8000-000000000000"):
        ask("POST test", "POST", f"{v1}/contacts/{contact_id}/test", json={})
        ask("POST removal", "POST", f"{v1}/contacts/{contact_id}/removal", json={})
    for own in ("adoptions", "effects"):
        ask(f"GET own {own}", "GET", f"{v1}/prevention/{own}")
        ask(f"POST {own} badly", "POST", f"{v1}/prevention/{own}", json={"surface": "live-stream"})
        ask(f"POST removal of {own}", "POST", f"{v1}/prevention/{own}/{NOBODY}/removal", json={})
    ask("GET prevention releases", "GET", f"{v1}/prevention/releases")
    ask("POST prevention releases", "POST", f"{v1}/prevention/releases", json={})
    ask("GET prevention release", "GET", f"{v1}/prevention/releases/1")
    ask("GET prevention table", "GET", f"{v1}/prevention/releases/1/table.csv")
    ask("GET helped", "GET", f"{v1}/prevention/helped", query_string={"behaviour": "OP-017", "surface": "live-stream"})
    ask("GET picture", "GET", f"{v1}/prevention/picture", query_string={"surface": "live-stream"})
    ask("GET /webhooks", "GET", f"{v1}/webhooks")
    ask("POST /webhooks badly", "POST", f"{v1}/webhooks", json={"url": "http://hooks.example.org/"})
    ask("GET webhook", "GET", f"{v1}/webhooks/{NOBODY}")
    for act in ("test", "rotation", "pause", "resumption", "replay", "removal"):
        ask(f"POST {act} of a webhook", "POST", f"{v1}/webhooks/{NOBODY}/{act}", json={})


def _ask_by_id(transcript: Transcript, identifiers: tuple[str, ...]) -> None:
    ask, v1 = transcript.ask, "/api/v1"
    for identifier in identifiers:
        for rest in ("", "/versions", "/versions/2026-01-05T10:00:00.000Z", "/receipt"):
            ask(f"GET object{rest}", "GET", f"{v1}/objects/{identifier}{rest}")
        ask("GET objects by id", "GET", f"{v1}/objects", query_string={"id": identifier})
        for asked in ({"kind": "url", "value": "https://rooms.example.org/1"}, {"kind": "domain", "value": identifier}):
            ask("POST /search/observable", "POST", f"{v1}/search/observable", json=asked)
        ask("GET /disclosures", "GET", f"{v1}/disclosures", query_string={"object": identifier})
        ask("POST /disclosures/search", "POST", f"{v1}/disclosures/search", json={"id": identifier})
        ask("POST /questions/search", "POST", f"{v1}/questions/search", json={"id": identifier})
    ask("POST /disclosures/breach-report", "POST", f"{v1}/disclosures/breach-report", json={})
    ask("GET /questions", "GET", f"{v1}/questions")


def _ask_pages(transcript: Transcript) -> None:
    ask, author = transcript.ask, transcript.world.members["author"]
    for limit in (1, 1000):
        asked: dict[str, Any] = {"limit": limit}
        page: dict[str, Any] = {"more": True}
        while page.get("more"):
            page = ask("GET /objects", "GET", "/api/v1/objects", query_string=asked)
            asked["next"] = page.get("next", asked.get("next"))
        ask("GET /objects at the end", "GET", "/api/v1/objects", query_string=asked)
    for filters in ({"type": "indicator"}, {"harm": "csam"}, {"surface": "live-stream"}, {"owner": author.id}):
        ask("GET /objects filtered", "GET", "/api/v1/objects", query_string=filters)
    _ask_searches(transcript)
    _ask_the_catalogue(transcript)
    _ask_saved_searches(transcript)


def _ask_saved_searches(transcript: Transcript) -> None:
    ask, v1 = transcript.ask, "/api/v1"
    for number, asked in enumerate(({"q": "indicator"}, {"filters": {"harm": ["csam"]}}, {"q": "re*"})):
        ask("POST /searches", "POST", f"{v1}/searches", json={"name": f"search {number}"} | asked)
    for saved in ask("GET /searches", "GET", f"{v1}/searches").get("searches", []):
        ask("GET new of a search", "GET", f"{v1}/searches/{saved['id']}/new")
        ask("POST seen of a search badly", "POST", f"{v1}/searches/{saved['id']}/seen", json={"next": "x"})
        ask("POST removal of a search", "POST", f"{v1}/searches/{saved['id']}/removal", json={})
    ask("GET new of a search", "GET", f"{v1}/searches/{NOBODY}/new")


def _ask_the_catalogue(transcript: Transcript) -> None:
    for rest in (
        "",
        "/releases",
        "/releases/1",
        "/releases/9999",
        "/releases/x",
        "/stix",
        "/changes?since=1",
        "/navigator-data",
        "/navigator-layer",
    ):
        transcript.ask(f"GET /catalogue{rest}", "GET", f"/api/v1/catalogue{rest}")
    transcript.ask("POST /compose badly", "POST", "/api/v1/compose", json={"nonsense": 1})


def _ask_searches(transcript: Transcript) -> None:
    ask, author = transcript.ask, transcript.world.members["author"]
    for filters in ({}, {"q": "indicator"}, {"q": "re*"}, {"q": "-absent synthetic"}, {"harm": "csam"}, {"owner": author.id}):
        ask("GET /search/counts", "GET", "/api/v1/search/counts", query_string=filters)
        for limit in (1, 1000):
            asked: dict[str, Any] = {"limit": limit, **filters}
            page: dict[str, Any] = {"more": True}
            while page.get("more"):
                page = ask("GET /search", "GET", "/api/v1/search", query_string=asked)
                asked["next"] = page.get("next")


def _ask_of_withdrawals(transcript: Transcript, identifiers: tuple[str, ...]) -> None:
    ask, v1 = transcript.ask, "/api/v1"
    for identifier in identifiers:
        ask("POST withdrawal", "POST", f"{v1}/objects/{identifier}/withdrawal", json={})
    ask("GET /recalls", "GET", f"{v1}/recalls")
    ask("GET recall", "GET", f"{v1}/recalls/{ABSENT}")
    _ask_of_contests(transcript, identifiers)
    hub, viewer, other = transcript.world.hub, transcript.world.members["viewer"], transcript.world.members["other"]
    ask("GET /notices", "GET", f"{v1}/notices", query_string={"open": "true"})
    ask("GET /notices of another", "GET", f"{v1}/notices", query_string={"partner_id": other.id})
    hidden = [one.sent.notice_id for one in list_notices(hub.exchange, hub.operator, NoticesAsked()).notices]
    for notice_id in ((hidden or [f"recall-notice--{NOBODY}"])[0], "nonsense"):
        path = f"{v1}/notices/{notice_id}"
        said = Acknowledgement(notice_id, viewer.id, hub.clock.now, [Answered(ABSENT, CREATED, RecallOutcome.DELETED)])
        ask("POST acknowledgement badly", "POST", f"{path}/acknowledgements", json={})
        ask("POST acknowledgement of notice", "POST", f"{path}/acknowledgements", json=sign_acknowledgement(said, viewer.key))
        ask("POST answer", "POST", f"{path}/partners/{other.id}/answer", json={"outcomes": [{}]})


def _ask_of_contests(transcript: Transcript, identifiers: tuple[str, ...]) -> None:
    ask, v1 = transcript.ask, "/api/v1"
    for identifier in identifiers:
        ask("POST contest", "POST", f"{v1}/contests", json={"object_id": identifier, "reason": "outdated"})
    ask("GET /contests", "GET", f"{v1}/contests")
    entered = [one.contest.contest_id for one in list_contests(transcript.world.hub.exchange, transcript.world.hub.operator)]
    for contest_id in ((entered or [NOBODY])[0], "nonsense"):
        ask("GET contest", "GET", f"{v1}/contests/{contest_id}")


def _ask_taxii(transcript: Transcript, identifiers: tuple[str, ...]) -> None:
    ask = transcript.ask
    for path in ("/taxii2/", f"{ROOT}/", COLLECTIONS, of("exchange", ""), of("harm-csam", ""), of(ABSENT, "")):
        ask(f"GET {path}", "GET", path)
    hub, shared = transcript.world.hub, transcript.world.shared
    hidden = [one.group.group_id for one in list_groups(hub.exchange, hub.operator) if one.group.title == "Hidden group"]
    hidden_group = (hidden or ["00000000-0000-4000-8000-000000000000"])[0]
    for collection in ("exchange", "harm-csam", shared, hidden_group, ABSENT):
        ask("GET TAXII collection", "GET", of(collection, ""))
        for limit in ("1", "5000"):
            asked: dict[str, Any] = {"limit": limit}
            page: dict[str, Any] = {"more": True}
            while page.get("more"):
                page = ask("GET TAXII objects", "GET", of(collection), query_string=asked)
                asked["next"] = page.get("next")
        ids = ({"match[id]": one} for one in identifiers)
        for filters in ({"match[type]": "indicator"}, {"match[version]": "all"}, {"match[version]": "first"}, *ids):
            ask("GET TAXII objects filtered", "GET", of(collection), query_string=filters)
            ask("GET TAXII manifest", "GET", of(collection, "manifest/"), query_string=filters)
        for identifier in identifiers:
            for rest in ("", "versions/", "?match[version]=all", "?match[version]=2026-01-05T10:00:00Z"):
                ask(f"GET TAXII object {rest}", "GET", of(collection, f"objects/{identifier}/{rest}"))
        for identifier in identifiers[:4]:
            ask("DELETE TAXII object", "DELETE", of(collection, f"objects/{identifier}/"))
        body = json.dumps({"objects": [transcript.signed["own"], {"id": identifiers[1]}]})
        made = ask("POST TAXII objects", "POST", of(collection), data=body, content_type=TAXII)
        ask("GET TAXII status", "GET", f"{ROOT}/status/{made.get('id', ABSENT)}/")


def _rotation(viewer: Member) -> dict[str, Any]:
    envelope = {"payloadType": "x", "payload": "", "signatures": []}
    return {"public_key": viewer.key.public.to_pem().decode(), "challenge": "", "proof": "", "rotation": envelope}


def _ask_administration(transcript: Transcript, viewer: Member) -> None:
    ask, v1 = transcript.ask, "/api/v1"
    other = transcript.world.members["other"]
    for collection in ("partners", "keys", "agreements", "audiences", "credentials"):
        ask(f"GET /{collection}", "GET", f"{v1}/{collection}")
        ask(f"POST /{collection} badly", "POST", f"{v1}/{collection}", json={"nonsense": 1})
    ask("GET /agreements of another", "GET", f"{v1}/agreements", query_string={"partner_id": other.id})
    for partner_id, rest in ((viewer.id, "1"), (viewer.id, "9"), (other.id, "1"), (other.id, "x")):
        ask("GET agreement", "GET", f"{v1}/agreements/{partner_id}/{rest}")
        ask("GET agreement diff", "GET", f"{v1}/agreements/{partner_id}/diff", query_string={"before": 1, "after": 1})
    for act in ("suspension", "resumption", "end"):
        ask(f"POST agreement {act}", "POST", f"{v1}/agreements/{other.id}/{act}", json={"reason": "Why"})
    for act in ("proposals", "comparison"):
        ask(f"POST agreement {act}", "POST", f"{v1}/agreements/{act}", json={"partner_id": other.id})
    ask("GET own data", "GET", f"{v1}/own-data")
    ask("GET own data of another", "GET", f"{v1}/partners/{other.id}/own-data")
    ask("GET partner", "GET", f"{v1}/partners/{other.id}")
    ask("PATCH partner", "PATCH", f"{v1}/partners/{other.id}", json={"state": "suspended"})
    for keyid in (viewer.key.public.keyid, other.key.public.keyid, "0" * 64):
        ask("GET key", "GET", f"{v1}/keys/{keyid}")
        ask("POST key activation", "POST", f"{v1}/keys/{keyid}/activation", json={})
    for rest in ("", "/versions/1", "/versions/9999", "/versions/x", "/jwks"):
        ask(f"GET key directory {rest}", "GET", f"{v1}/key-directory{rest}")
    for keyid in (other.key.public.keyid, "0" * 64):
        ask("POST key retirement", "POST", f"{v1}/keys/{keyid}/retirement", json={})
        ask("POST key compromise", "POST", f"{v1}/keys/{keyid}/compromise", json={"since": "2026-01-01T00:00:00Z"})
        ask("POST key rotation", "POST", f"{v1}/keys/{keyid}/rotation", json=_rotation(viewer))
        ask("POST key recovery", "POST", f"{v1}/keys/{keyid}/recovery", json={"reason": "Lost"})
    ask("POST key revocation", "POST", f"{v1}/keys/{other.key.public.keyid}/revocation", json={})
    for audience_id in (viewer.everybody, other.everybody, "audience--00000000-0000-4000-8000-000000000000"):
        ask("GET audience", "GET", f"{v1}/audiences/{audience_id}")
    challenge = ask("POST challenge", "POST", f"{v1}/keys/challenges", json={})["challenge"]
    proof = prove_possession(viewer.key, challenge, viewer.id)
    pem = viewer.key.public.to_pem().decode()
    ask("POST key again", "POST", f"{v1}/keys", json={"public_key": pem, "challenge": challenge, "proof": proof})
    ask("POST revocation of nothing", "POST", f"{v1}/credentials/00000000-0000-4000-8000-000000000000/revocation", json={})


@pytest.fixture
def first_world(sqlite_url: str) -> Iterator[World]:
    with started_hub(sqlite_url) as hub:
        members = {name: hub.enrol(name) for name in ("author", "other", "viewer", "plain")}
        members["plain"].agree(write={"assurances": frozenset(Assurance), "passes_on": frozenset({ANY})})
        members["author"].agree(is_listed=True)
        members["viewer"].agree(tlp_ceiling=Tlp.AMBER, channels=frozenset({Channel.REST, Channel.TAXII}))
        shared = make_group(hub, members["author"], readers=[members["viewer"]], title="Seen group")
        yield World(hub, members, shared, members["viewer"].administrators_token())


@pytest.mark.parametrize("seed", range(3))
def test_a_viewer_learns_nothing_of_what_it_may_not_see(first_world: World, tmp_path: Path, seed: int) -> None:
    transcript = _compare_worlds(first_world, tmp_path / "second.db", random.Random(seed))
    assert any(isinstance(told, dict) and told.get("attestations") for _, _, _, told in transcript.lines)
    rules = {
        f"{method} {rule.rule}"
        for rule in transcript.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert rules - transcript.routes == set(), "a route without a line in the transcript"


def test_a_contest_tells_nothing_by_the_log_either(first_world: World, tmp_path: Path) -> None:
    """Between two looks the viewer makes the exchange look for an id. Here indexes and sizes are not declassified."""
    viewer, account = first_world.hub.enrol("Hotline", Role.HOTLINE), user_account("listed")
    world = replace(first_world, members=first_world.members | {"viewer": viewer})
    second = world.copy_to(tmp_path / "second.db")
    author = second.members["author"]
    author.store(account | {"object_marking_refs": [author.mark_for(second.members["other"])]})
    second.members["other"].pull()
    probes, seen = [viewer.sign(indicator()) for _ in range(4)], []
    for each in (world, second):
        transcript, sizes = Transcript(each, {}), list[int]()
        for step, probe in enumerate(probes):
            told = transcript.ask("probe", "POST", "/api/v1/submissions", json={"objects": [probe]})
            sizes += [told["results"][0]["log_index"], checkpoint_now(each.hub.exchange, each.hub.operator).tree_size]
            if step == 1:
                transcript.ask("contest", "POST", "/api/v1/contests", json={"object_id": account["id"], "reason": "outdated"})
            if step == 2:
                each.hub.clock.pass_time(DAY)
            each.hub.work()
        seen.append([size - sizes[1] for size in sizes[1:]])
        assert len(list_notices(each.hub.exchange, each.hub.operator, NoticesAsked()).notices) == (2 if each is second else 0)
    second.hub.exchange.database.dispose()
    assert seen[0] == seen[1]
    assert seen[0][-1] > LEAVES, "a round was held"


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(int(os.environ.get("BREAKWATER_TEST_WORLDS", "500"))))
def test_a_viewer_of_any_kind_learns_nothing_either(first_world: World, tmp_path: Path, seed: int) -> None:
    """Other terms, another role and place in the world, and a part of the hidden happenings."""
    rng = random.Random(1_000 + seed)
    hub, author = first_world.hub, first_world.members["author"]
    role = rng.choice([Role.NGO, Role.PAYMENT_PROVIDER, Role.PLATFORM, Role.REGULATOR, Role.RESEARCHER])
    viewer = hub.enrol("another viewer", role, rng.choice(["GB", "IE"]))
    viewer.agree(
        tlp_ceiling=rng.choice([Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT]),
        channels=frozenset({Channel.REST, Channel.TAXII}),
        harm_types=frozenset(rng.sample(tuple(Harm), rng.randint(1, len(Harm)))),
        publisher_roles=frozenset(rng.choice([[ANY], [Role.PLATFORM], [Role.HOTLINE]])),
        volume=ReadVolume(rng.choice([None, 5, 50]), rng.choice([None, 3])),
        is_listed=rng.random() < 0.5,
    )
    shared = make_group(
        hub, author, readers=[viewer] if rng.random() < 0.5 else [first_world.members["viewer"]], title="Other group"
    )
    members = first_world.members | {"viewer": viewer}
    world = World(hub, members, shared, viewer.administrators_token())
    _compare_worlds(world, tmp_path / "second.db", rng, most=rng.randint(1, 26))


def _compare_worlds(first_world: World, second: Path, rng: random.Random, most: int | None = None) -> Transcript:
    """Let hidden things happen in a copy of a world, ask both everything, and compare. Gives the transcript of the first."""
    author, viewer = first_world.members["author"], first_world.members["viewer"]
    known, hidden_id, own = indicator(), stix_id("indicator", rng), indicator()
    author.store(known, indicator(), urgent_indicator())
    author.submit(indicator(), known, group_id=first_world.shared)
    add_contacts(viewer)
    call(first_world.hub)
    viewer.pull(of=viewer.reader(channel=Channel.REST))
    second_world = first_world.copy_to(second)
    _hidden_happenings(second_world, known["id"], hidden_id, rng, most)
    second_world.hub.clock.now = first_world.hub.clock.now
    mine = viewer.sign(own)
    signed = {
        "own": mine,
        "refers": viewer.sign(report([hidden_id, known["id"], own["id"]])),
        "collides": viewer.sign(indicator(id=hidden_id)),
        "urgent": viewer.sign(urgent_indicator()),
        "collides-again": viewer.sign(indicator(id=known["id"], name="Another statement")),
    }
    visible = [author.sign(newer(known)), author.sign(indicator())]
    unsigned = indicator()
    transcripts = []
    for world in (first_world, second_world):
        world.hub.clock.pass_time(DAY)
        body_members = world.members["author"]
        assert {one.status for one in body_members.submit(*visible, sign=False).results} == {"stored"}
        assert {one.status for one in world.members["plain"].submit(unsigned, sign=False).results} == {"stored"}
        transcript = Transcript(world, signed)
        _ask_everything(transcript, known["id"], hidden_id)
        transcripts.append(transcript)
    second_world.hub.exchange.database.dispose()
    for told, told_too in zip(transcripts[0].lines, transcripts[1].lines, strict=True):
        assert told == told_too
    return transcripts[0]
