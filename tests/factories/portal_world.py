"""A world in which every page of the portal can be opened: partners, people in every role, and one thing of each kind.

A page with an argument in its path needs a thing of that kind: say in ``MAKERS`` how the platform gets one. Nothing else has to
be written for a new page to be walked by ``tests/browser/test_every_page.py`` and ``tests/promises/test_portal_pages.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from flask import Flask
from werkzeug.routing import Rule

from app.domain.permissions import Permission
from app.domain.sign_in import SignIn
from app.domain.vocabulary import MemberRole, StaffRole
from app.domain.webhook import Webhook, WebhookState
from app.policy.scopes import SCOPES, PrincipalKind
from app.portal.application import PUBLIC
from app.portal.assets import ASSETS
from app.portal.confirming import Act
from app.portal.unconfirmed import Unconfirmed
from app.services.calling.sealed_receivers import SealedReceiver, seal
from app.storage import sign_ins, webhooks
from app.web.context import MOUNTED
from app.web.gate import Terms
from breakwater_client.trust.webhook_signature import new_secret
from tests.factories.catalogue_changes import proposal_document
from tests.factories.exchanges import Caller, FakePartner, RunningExchange, Wanted, agreement_document, enrol
from tests.factories.partner_requests import offer_of, request_of
from tests.factories.portal_drafts import begun, complete_form, corrected, handed_over
from tests.factories.portal_onboarding import approve, with_key
from tests.factories.portal_readers import recall
from tests.factories.portal_visitors import Visitor, entered, invitation
from tests.factories.signing_tasks import waiting_task
from tests.factories.stix_objects import indicator
from tests.factories.stix_objects import stix_id as stix_id_of

NOBODY = "nobody"
KINDS: Mapping[str, MemberRole | StaffRole] = MappingProxyType(
    {
        PrincipalKind.ADMINISTRATOR: MemberRole.ADMINISTRATOR,
        PrincipalKind.ANALYST: MemberRole.ANALYST,
        PrincipalKind.REVIEWER: MemberRole.REVIEWER,
        PrincipalKind.READ_ONLY: MemberRole.READ_ONLY,
        PrincipalKind.MEMBER_PROTECTION: MemberRole.DATA_PROTECTION,
        PrincipalKind.OPERATOR: StaffRole.OPERATOR,
        PrincipalKind.AUDITOR: StaffRole.AUDITOR,
        PrincipalKind.DATA_PROTECTION: StaffRole.DATA_PROTECTION,
    }
)
"""Everybody who signs in to the portal, by the kind that the gate knows them as."""
STAFF = frozenset({PrincipalKind.OPERATOR, PrincipalKind.AUDITOR, PrincipalKind.DATA_PROTECTION})
FOR_STAFF = "/exchange"
"""Pages below this are for people of the exchange, whatever their permissions are called."""


@dataclass(frozen=True)
class PortalPage:
    """A page or form of the url map: what it asks, and the rule of its path."""

    endpoint: str
    method: str
    rule: Rule
    view: Callable[..., object]

    @property
    def terms(self) -> Terms:
        """What the gate asks."""
        terms: Terms = vars(self.view)["terms"]
        return terms

    @property
    def is_fresh(self) -> bool:
        """Whether whoever opens or sends it must have shown a moment ago who they are."""
        return bool(vars(self.view)["is_fresh"])

    @property
    def unconfirmed(self) -> Unconfirmed | None:
        """Why whoever sends it need not; None for pages, and for forms that ask."""
        return vars(self.view).get("unconfirmed")

    @property
    def act(self) -> Act | None:
        """What it does, to whoever is asked who they are; None for pages, and for forms that ask for nothing."""
        return vars(self.view).get("act")

    @property
    def is_public(self) -> bool:
        """Whether nobody has to be signed in for it."""
        return self.endpoint in PUBLIC

    def kinds(self) -> list[str]:
        """Give the kinds of people who pass its gate, ``NOBODY`` for a public page."""
        if self.is_public:
            return [NOBODY]
        side = [one for one in KINDS if (one in STAFF) is self.rule.rule.startswith(FOR_STAFF)]
        if self.terms.for_everybody:
            return side
        wanted = set(self.terms.permissions)
        return _holding(wanted, side) or _holding(wanted, KINDS)


def _holding(wanted: set[Permission], kinds: Iterable[str]) -> list[str]:
    return [one for one in kinds if wanted & SCOPES[PrincipalKind(one)]]


def portal_of(running: RunningExchange) -> Flask:
    """Give the portal's own application."""
    portal: Flask
    [portal] = running.app.extensions[MOUNTED]
    return portal


def portal_pages(running: RunningExchange, method: str = "GET") -> Iterator[PortalPage]:
    """Give every page (or form, ``POST``) of the url map."""
    portal = portal_of(running)
    for rule in portal.url_map.iter_rules():
        if method in (rule.methods or ()):
            yield PortalPage(rule.endpoint, method, rule, portal.view_functions[rule.endpoint])


@dataclass
class PortalWorld:
    """The exchange, the platform whose things are looked at, a hotline that sees what is shared with it, and who has come."""

    running: RunningExchange
    platform: FakePartner
    hotline: FakePartner
    administrator: Caller = field(init=False)
    made: dict[str, str] = field(default_factory=dict)
    come: dict[tuple[str, str], Visitor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Give the platform an administrator before anybody else of it."""
        self.administrator = self.running.person(self.platform, self.running.operator, MemberRole.ADMINISTRATOR)

    def visitor(self, kind: str, partner: FakePartner | None = None) -> Visitor:
        """Give somebody of a kind, of the platform unless another partner is named; the same one each time."""
        home = None if kind in STAFF else partner or self.platform
        key = (kind, home.partner_id if home else "")
        if key not in self.come:
            self.come[key] = Visitor(self.running) if kind == NOBODY else entered(self.running, home, KINDS[kind])
        return self.come[key]

    def path(self, page: PortalPage, given: Mapping[str, str] | None = None, kind: str | None = None) -> str:
        """Give the path of a page below the portal, with things of the platform for its arguments unless others are ``given``.

        ``kind`` is of whoever opens it, for things that are a person's own; the first who may, if it is not said.
        """
        opened_by = kind or page.kinds()[0]
        values = {name: self.argument(page.endpoint, name, opened_by) for name in page.rule.arguments} | dict(given or {})
        adapter = portal_of(self.running).url_map.bind("portal.example.org")
        return adapter.build(page.endpoint, values | ASKED.get(page.endpoint, {}), method=page.method)

    def argument(self, endpoint: str, name: str, kind: str = PrincipalKind.ADMINISTRATOR) -> str:
        """Give the value of an argument of a page's path; what is made is made once, what is a person's own for each kind."""
        of_own = next((one for one in (f"{endpoint}:{name}", name) if one in OWN), None)
        if f"{endpoint}:{name}" not in MAKERS and of_own is not None:
            own = f"{of_own}:{kind}"
            if own not in self.made:
                self.made[own] = OWN[of_own](self, kind)
            return self.made[own]
        key = next((one for one in (f"{endpoint}:{name}", name) if one in MAKERS), None)
        assert key is not None, f"say in tests/factories/portal_world.py how to make {name} for {endpoint}"
        if key not in self.made:
            self.made[key] = MAKERS[key](self)
        return self.made[key]

    def fixed(self, page: PortalPage) -> bool:
        """Whether a page's path has no argument of which there could be another's."""
        return not page.rule.arguments or page.is_public


def _object(world: PortalWorld) -> str:
    value = indicator()
    assert world.platform.submit(value).json["results"][0]["status"] == "stored"
    stix_id: str = value["id"]
    return stix_id


def _approval(world: PortalWorld) -> str:
    """Propose another agreement for the platform; somebody of the exchange decides it."""
    document = agreement_document(world.platform.partner_id, world.platform.audience_id)
    made = world.running.operator.post("agreements/proposals", {**document, "is_listed": True, "reason": "As was talked over."})
    approval_id: str = made.json["id"]
    return approval_id


def _group(world: PortalWorld) -> str:
    """Let the platform make a group; operators see it, too."""
    members = [{"partner_id": world.platform.partner_id, "can_read": True, "can_write": True}]
    made = world.platform.post("sharing-groups", {"title": "Synthetic group", "shares_history": False, "members": members})
    group_id: str = made.json["id"]
    return group_id


def _hold(world: PortalWorld) -> str:
    hold_id: str = world.running.operator.post("holds", {"owner": world.platform.partner_id, "reference": "Order-1"}).json["id"]
    return hold_id


def _job(world: PortalWorld) -> str:
    return str(world.running.operator.get("jobs").json["jobs"][0]["id"])


def _staff(world: PortalWorld) -> str:
    return world.visitor(PrincipalKind.AUDITOR).person_id


def _pending_key(world: PortalWorld) -> str:
    return with_key(world.running, enrol(world.running.operator, "Synthetic Newcomer", Wanted(has_key=False)).partner_id)[1]


def _own_key(world: PortalWorld) -> str:
    keyid: str = world.platform.get("keys").json["keys"][0]["key"]["keyid"]
    return keyid


def _credential(world: PortalWorld) -> str:
    credential_id: str = world.platform.get("credentials").json["credentials"][0]["id"]
    return credential_id


def _export(world: PortalWorld) -> str:
    new = {"name": "nightly", "snapshots": "0 3 * * *", "purpose": "detection"}
    definition_id: str = world.platform.post("exports", new).json["id"]
    return definition_id


def _webhook(world: PortalWorld) -> str:
    exchange, webhook_id = world.running.exchange, str(uuid.uuid4())
    sealed = seal(exchange.sealer, webhook_id, SealedReceiver("https://hooks.example.org/in", new_secret()))
    now, about = exchange.clock(), (world.platform.partner_id, "hooks.example.org", 5, sealed, WebhookState.ACTIVE)
    with exchange.database.write() as connection:
        webhooks.add_webhook(connection, Webhook(webhook_id, *about, created_at=now, next_at=now))
    return webhook_id


def _search(world: PortalWorld) -> str:
    analyst = world.visitor(PrincipalKind.ANALYST)
    analyst.get("/search?q=rooms")
    assert analyst.post("/searches", {"name": "Rooms", "q": "rooms"}).status == 303
    return analyst.get("/searches").text.partition('href="/portal/searches/')[2].partition('"')[0]


def _proposal(world: PortalWorld) -> str:
    made = world.platform.post("catalogue/proposals", proposal_document())
    assert made.status == 201, made.body
    proposal_id: str = made.json["id"]
    return proposal_id


def _secret(world: PortalWorld) -> str:
    return invitation(world.administrator, MemberRole.ANALYST).rpartition("/")[2]


def _notice(world: PortalWorld) -> str:
    notice_id: str = recall(world.running, world.hotline, world.platform)["id"]
    return notice_id


def _recovery(world: PortalWorld) -> str:
    """Propose, as the administrator, that a colleague set up anew how they sign in."""
    lost = entered(world.running, world.platform, MemberRole.ANALYST, name="Synthetic lost phone")
    entered(world.running, world.platform, MemberRole.ADMINISTRATOR, name="Synthetic second administrator")
    with world.running.exchange.database.write() as connection:
        sign_ins.save_sign_in(connection, SignIn(lost.person_id, "lost.phone"))
    first = entered(world.running, world.platform, MemberRole.ADMINISTRATOR, name="Synthetic first administrator")
    first.get("/recoveries/new")
    said = {"person_id": lost.person_id, "reason": "A lost phone.", "recognised": "In person.", "partner_id": ""}
    made = first.post("/recoveries", said)
    assert made.status == 303, made.words
    return made.headers["Location"].rpartition("/")[2]


def _recall(world: PortalWorld) -> str:
    recall(world.running, world.platform, world.hotline)
    recall_id: str = world.platform.get("recalls").json["recalls"][-1]["id"]
    return recall_id


def _request(world: PortalWorld) -> str:
    value = request_of("information-request", [stix_id_of("identity")], world.running.clock())
    assert world.platform.submit(value).status == 201
    request_id: str = world.platform.post("requests", {"stix_id": value["id"], "clock": None}).json["id"]
    return request_id


def _offer(world: PortalWorld) -> str:
    value = offer_of(world.running.clock())
    assert world.platform.submit(value).status == 201
    stix_id: str = value["id"]
    return stix_id


def _subject(world: PortalWorld) -> str:
    """Open a request of a person about data on themselves, as a data-protection person."""
    protection = world.visitor(PrincipalKind.DATA_PROTECTION)
    protection.get("/exchange/subjects/new")
    given = {"reference": "DP-2026-7", "right": "erasure", "received_at": "2026-01-01"}
    given |= {"kind": ["email"], "value": ["listed.by.mistake@mail.example.org"], "platform": [""]}
    made = protection.post("/exchange/subjects/new", given)
    assert made.status == 303, made.words
    subject_id = made.headers["Location"].rpartition("/")[2]
    protection.get(f"/exchange/subjects/{subject_id}")
    proposed = protection.post(f"/exchange/subjects/{subject_id}/acts", {"act": "lookup", "reason": "They asked."})
    assert approve(world.visitor(PrincipalKind.OPERATOR), proposed.headers["Location"].rpartition("/")[2]).status == 303
    world.running.do_all_work()
    return subject_id


def _frozen_draft(world: PortalWorld) -> str:
    """Give a draft that an analyst handed over, for others to read."""
    analyst = entered(world.running, world.platform, MemberRole.ANALYST)
    return handed_over(analyst, complete_form(world.platform)).draft_id


def _own_draft(world: PortalWorld, kind: str) -> str:
    return begun(world.visitor(kind), complete_form(world.platform)).draft_id


def _correction(world: PortalWorld, kind: str) -> str:
    return corrected(world.visitor(kind), world.argument("objects.show", "stix_id")).draft_id


OWN: Mapping[str, Callable[[PortalWorld, str], str]] = MappingProxyType(
    {
        "draft_id": _own_draft,
        **{f"corrections.{one}:draft_id": _correction for one in ("form", "give", "save", "show")},
    }
)
"""How somebody of a kind gets what is their own alone."""

ASKED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"elsewhere.returned": {"iss": "https://login.example.org"}, "own_agreement.changes": {"after": "1", "before": "1"}}
)
"""What pages are asked for, of which a part is absent without it."""

MAKERS: Mapping[str, Callable[[PortalWorld], str]] = MappingProxyType(
    {
        "approval_id": _approval,
        "proposal_id": _proposal,
        "catalogue_releases.show:number": lambda _world: "1",
        "behaviours.show:code": lambda _world: "OP-017",
        "countermeasures.show:code": lambda _world: "CM-007",
        **{f"one_draft.{one}:draft_id": _frozen_draft for one in ("agree", "give_back", "objects", "show")},
        "assets.asset:name": lambda _world: min(ASSETS),
        "provider": lambda _world: "example",
        "answering_asking.offer:stix_id": _offer,
        "notice_id": _notice,
        "group_id": _group,
        "hold_id": _hold,
        "job_id": _job,
        "keyid": _pending_key,
        "operating_people.one:person_id": _staff,
        "credential_id": _credential,
        "definition_id": _export,
        "own_keys.foresee:keyid": _own_key,
        "own_keys.show_one:keyid": _own_key,
        "webhook_id": _webhook,
        "partner_id": lambda world: world.platform.partner_id,
        "recovery_id": _recovery,
        "person_id": lambda world: world.visitor(PrincipalKind.ANALYST).person_id,
        "search_id": _search,
        "subject_id": _subject,
        "letter": lambda _world: "answer",
        "recall_id": _recall,
        "request_id": _request,
        "secret": _secret,
        "stix_id": _object,
        "task_id": lambda world: waiting_task(world.running, world.platform.partner_id).task_id,
    }
)
"""How the platform gets one thing of each kind, by the argument's name, or ``endpoint:argument`` where one name means several."""
