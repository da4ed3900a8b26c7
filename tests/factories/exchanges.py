"""A whole exchange for tests, with partners that sign, submit and pull through the public routes, as real ones do.

``running_exchange`` gives one in this process on a migrated database; ``Furnished`` gives copies of one that has partners,
in a few milliseconds. ``Caller``, ``FakePartner`` and ``enrol`` need no more than a ``Transport``, so that the same partners also
speak to a server elsewhere (``over_http``).
"""

from __future__ import annotations

import json
import secrets
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import requests
from flask import Flask

from app.config.settings import Settings
from app.crypto.seal import CursorSealer
from app.domain.partner import Credential, Person
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Harm, MemberRole, OnwardShare, PermittedUse, Purpose, Role, Sensitivity, StaffRole, Tlp
from app.factory import create_app
from app.http.agreement_payloads import NewAgreementPayload
from app.policy.administration import permitted_scopes
from app.policy.scopes import SCOPES, PrincipalKind, member_kinds
from app.services.do_work import do_next
from app.services.exchange import Exchange
from app.services.membership.add_staff import add_staff_here
from app.services.membership.agreement_versions import NewAgreement
from app.services.membership.register_audience import sign_audience
from app.services.start_exchange import start_exchange
from app.storage import credentials, members
from app.storage.session import Database
from app.web.context import attach
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object
from breakwater_client.trust.possession import prove_possession
from tests.factories.canaries import watched_key
from tests.factories.depots import passing_depots
from tests.factories.exchange_keys import new_exchange_keys
from tests.factories.members import agree_at_once

API = "/api/v1"
JSON = "application/json"
EVERYBODY = {"roles": ["any"], "jurisdictions": ["any"], "partners_in": [], "partners_out": []}
PARTNER_SCOPES = SCOPES[PrincipalKind.PARTNER]
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers (any case) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body's JSON value; an error if it is none."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The stable code of a problem document."""
        code: str = self.json["code"]
        return code


@dataclass(frozen=True)
class Message:
    """One request as it goes out; ``target`` is path and query, already encoded."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


Transport = Callable[[Message], Answer]


def in_process(app: Flask) -> Transport:
    """Give a transport to an application of this process."""

    def send(message: Message) -> Answer:
        headers = list(message.headers.items())
        client = app.test_client()
        response = client.open(message.target, method=message.method, headers=headers, data=message.body, buffered=True)
        return Answer(response.status_code, response.headers, response.get_data())

    return send


def over_http(url: str) -> Transport:
    """Give a transport to a server at ``url``."""

    def send(message: Message) -> Answer:
        headers = dict(message.headers)
        response = requests.request(message.method, url + message.target, headers=headers, data=message.body, timeout=60)
        return Answer(response.status_code, response.headers, response.content)

    return send


@dataclass
class Caller:
    """Somebody with a token (None: anybody), asking below ``/api/v1`` unless the path begins with another ``/``."""

    transport: Transport
    token: str | None = field(default=None, repr=False)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | Sequence[tuple[str, str]] = (),
        document: Any = None,
        body: bytes | None = None,
        media_type: str | None = JSON,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send ``document`` as JSON, or ``body`` as it is, and give the answer, whatever it is."""
        sent = dict(headers or {})
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if document is not None:
            body = json.dumps(document).encode()
        if body is not None and media_type is not None:
            sent.setdefault("Content-Type", media_type)
        target = path if path.startswith("/") else f"{API}/{path}"
        if query:
            target += "?" + urlencode(query, doseq=True)
        return self.transport(Message(method, target, sent, body or b""))

    def get(self, path: str, **options: Any) -> Answer:
        """Ask; keyword arguments as for ``send``."""
        return self.send("GET", path, **options)

    def post(self, path: str, document: Any = None, **options: Any) -> Answer:
        """Send a document."""
        return self.send("POST", path, document=document, **options)

    def patch(self, path: str, document: Any, **options: Any) -> Answer:
        """Change a thing."""
        return self.send("PATCH", path, document=document, **options)

    def put(self, path: str, document: Any, **options: Any) -> Answer:
        """Make a thing be as it is said."""
        return self.send("PUT", path, document=document, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        """End a thing."""
        return self.send("DELETE", path, **options)


@dataclass
class FakePartner(Caller):
    """A partner with its own key and token. ``purpose`` goes along with every read."""

    partner_id: str = ""
    name: str = ""
    identity_id: str = ""
    key: PrivateKey = field(default_factory=watched_key)
    purpose: Purpose | None = Purpose.DETECTION
    audience_id: str | None = None

    def sign(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Give the object with this partner's signature in it."""
        return sign_object(dict(value), self.key, signer=self.identity_id, signed_at=datetime.now(UTC))

    def submit(self, *values: Mapping[str, Any], atomic: bool = False, headers: Mapping[str, str] | None = None) -> Answer:
        """Sign the objects and submit them in one envelope."""
        return self.submit_signed([self.sign(value) for value in values], atomic=atomic, headers=headers)

    def submit_signed(
        self, values: Iterable[Mapping[str, Any]], *, atomic: bool = False, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Submit objects as they are."""
        query = {"atomic": "true"} if atomic else {}
        return self.post("submissions", {"objects": list(values)}, query=query, headers=headers)

    def read(self, path: str, *, headers: Mapping[str, str] | None = None, **query: Any) -> Answer:
        """Read below ``/objects`` for this partner's purpose."""
        stated = {"Breakwater-Purpose": self.purpose.value} if self.purpose else {}
        return self.get(f"objects{path}", query=query, headers=stated | dict(headers or {}))

    def pull(self, **query: Any) -> Answer:
        """Give one page of the feed."""
        return self.read("", **query)

    def pull_all(self, **query: Any) -> list[dict[str, Any]]:
        """Give every object of the feed, page after page."""
        found: list[dict[str, Any]] = []
        more = True
        while more:
            page = self.pull(**query).json
            found += page["objects"]
            query["next"], more = page["next"], page["more"]
        return found

    def object(self, stix_id: str, **headers: str) -> Answer:
        """Give one object by its id."""
        return self.read(f"/{quote(stix_id, safe='')}", headers=headers)

    def register_key(self) -> Answer:
        """Register this partner's key with proof of possession; an operator then has to activate it."""
        challenge = self.post("keys/challenges").json["challenge"]
        proof = prove_possession(self.key, challenge, self.partner_id)
        registration = {"public_key": self.key.public.to_pem().decode(), "challenge": challenge, "proof": proof}
        return self.post("keys", registration)

    def register_audience(self, **lists: list[str]) -> str:
        """Register a signed audience and give its id; lists that are not given are empty."""
        empty: dict[str, list[str]] = {name: [] for name in EVERYBODY}
        document = {"audience_id": f"audience--{uuid.uuid4()}"} | empty | lists
        answer = self.post("audiences", sign_audience(document, self.key))
        assert answer.status == 201, answer.body
        audience_id: str = answer.json["audience_id"]
        return audience_id


def agreement_document(partner_id: str, audience_id: str | None = None, **changes: Mapping[str, Any]) -> dict[str, Any]:
    """Give an agreement over REST that allows nearly everything; ``changes`` are merged into its parts."""
    document: dict[str, Any] = {
        "partner_id": partner_id,
        "read": {
            "publisher_roles": ["any"],
            "publisher_jurisdictions": ["any"],
            "purposes": list(Purpose),
            "tlp_ceiling": Tlp.AMBER_STRICT,
            "sensitivities": list(Sensitivity),
            "harm_types": list(Harm),
            "channels": [Channel.REST, Channel.TAXII],
            "cross_border": {"jurisdictions": ["any"], "sensitivities": list(Sensitivity), "basis": "adequacy"},
        },
        "write": {
            "profiles": ["ocsea"],
            "assurances": ["publisher-signed"],
            "sensitivities": list(Sensitivity),
            "harm_types": list(Harm),
        },
        "default_handling": {
            "tlp": Tlp.AMBER,
            "sensitivity": Sensitivity.BEHAVIOURAL,
            "harm_types": list(Harm),
            "audience_id": audience_id,
            "purposes": list(Purpose),
            "permitted_uses": [PermittedUse.DETECT, PermittedUse.LE_INVESTIGATION],
            "onward_share": OnwardShare.SAME_ORGANISATION,
        },
    }
    for part, change in changes.items():
        document[part] = document.get(part, {}) | change
    return document


@dataclass(frozen=True)
class Wanted:
    """What a partner is enrolled with. ``audience`` None: its objects reach nobody by default; ``agreement`` None: has none."""

    role: Role = Role.PLATFORM
    jurisdiction: str = "NL"
    scopes: frozenset[Permission] = PARTNER_SCOPES
    purpose: Purpose | None = None
    tlp_ceiling: Tlp = Tlp.AMBER_STRICT
    has_key: bool = True
    audience: Mapping[str, list[str]] | None = field(default_factory=lambda: dict(EVERYBODY))
    agreement: Mapping[str, Mapping[str, Any]] | None = field(default_factory=dict)


def enrol(operator: Caller, name: str, wanted: Wanted | None = None, second: Caller | None = None) -> FakePartner:
    """Bring a partner in through public routes only: record, credential, key, audience, agreement.

    ``second`` approves the agreement, which the first operator proposes; without one there is none.
    """
    wanted = wanted or Wanted()
    document = {"name": name, "role": wanted.role, "jurisdiction": wanted.jurisdiction}
    record = _made(operator.post("partners", document))
    partner = FakePartner(operator.transport, None, record["id"], name, record["identity_id"])
    # What sets a partner up needs more scopes than the credential that a test wants to have.
    partner.token = issue(operator, partner, PARTNER_SCOPES)
    if wanted.has_key:
        keyid = _made(partner.register_key())["keyid"]
        assert operator.post(f"keys/{keyid}/activation").status == 200
        if wanted.audience is not None:
            partner.audience_id = partner.register_audience(**wanted.audience)
    if wanted.agreement is not None and second is not None:
        agree(operator, second, agreement_document(partner.partner_id, partner.audience_id, **wanted.agreement))
    if (wanted.scopes, wanted.purpose, wanted.tlp_ceiling) != (PARTNER_SCOPES, None, Tlp.AMBER_STRICT):
        partner.token = issue(operator, partner, wanted.scopes, purpose=wanted.purpose, tlp_ceiling=wanted.tlp_ceiling)
    return partner


def agree(operator: Caller, second: Caller, document: Mapping[str, Any]) -> dict[str, Any]:
    """Have the next version of an agreement by two operators. Gives the proposal as it was settled."""
    proposed = _made(operator.post("agreements/proposals", {**document, "reason": "As was talked over."}))
    decision = {"digest": proposed["digest"], "reason": "Agreed."}
    answer = second.post(f"approvals/{proposed['id']}/approval", decision)
    assert answer.status == 200, answer.body
    settled: dict[str, Any] = answer.json
    return settled


def second_operator(operator: Caller, database_url: str) -> Caller:
    """Add a further operator to a served exchange, as whoever has its machine does."""
    database = Database(database_url)
    try:
        with database.write() as connection:
            token = add_staff_here(connection, "Operator B", StaffRole.OPERATOR, datetime.now(UTC)).token
    finally:
        database.dispose()
    return Caller(operator.transport, token)


def issue(
    operator: Caller,
    partner: FakePartner,
    scopes: Iterable[Permission] = PARTNER_SCOPES,
    *,
    purpose: Purpose | None = None,
    tlp_ceiling: Tlp = Tlp.AMBER_STRICT,
) -> str:
    """Give a new token of a partner."""
    document = {
        "partner_id": partner.partner_id,
        "account": "tests",
        "scopes": sorted(scopes),
        "purpose": purpose,
        "tlp_ceiling": tlp_ceiling,
        "expires_at": (datetime.now(UTC) + 800 * _DAY).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    token: str = _made(operator.post("credentials", document))["token"]
    return token


def _made(answer: Answer) -> dict[str, Any]:
    assert answer.status == 201, answer.body
    made: dict[str, Any] = answer.json
    return made


@dataclass
class Clock:
    """The real time, shifted by what a test says."""

    shift: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Give the time that the exchange believes in."""
        return datetime.now(UTC) + self.shift


@dataclass
class RunningExchange:
    """An exchange that answers in this process, and its first operator."""

    app: Flask
    exchange: Exchange
    operator: Caller
    clock: Clock

    @property
    def transport(self) -> Transport:
        """How to reach it."""
        return self.operator.transport

    @property
    def anybody(self) -> Caller:
        """Somebody without a token."""
        return Caller(self.transport)

    def enrol(self, name: str, wanted: Wanted | None = None, **options: Any) -> FakePartner:
        """Bring a partner in; ``options`` are those of ``Wanted``. Its agreement is made as if two operators had agreed to it."""
        wanted = wanted or Wanted(**options)
        partner = enrol(self.operator, name, wanted)
        if wanted.agreement is not None:
            self.agree(agreement_document(partner.partner_id, partner.audience_id, **wanted.agreement))
        return partner

    def agree(self, document: Mapping[str, Any]) -> int:
        """Make the next version of an agreement, whatever it widens, and give its number."""
        new: NewAgreement = NewAgreementPayload().load(document)
        return agree_at_once(self.exchange, new, "operator").version

    def suspend(self, partner: FakePartner) -> None:
        """Suspend a partner; its token stays."""
        assert self.operator.patch(f"partners/{partner.partner_id}", {"state": "suspended"}).status == 200

    def reactivate(self, partner: FakePartner) -> None:
        """Let a suspended partner in again: one operator proposes it, another approves."""
        proposed = _made(self.operator.post(f"partners/{partner.partner_id}/reactivation", {"reason": "It was looked into."}))
        decision = {"digest": proposed["digest"], "reason": "Agreed."}
        second = self.staff(StaffRole.OPERATOR, Permission)
        assert second.post(f"approvals/{proposed['id']}/approval", decision).status == 200

    def person(self, partner: FakePartner, by: Caller, *roles: MemberRole) -> Caller:
        """Let somebody add a person of these roles to a partner and give them a token; an operator its first administrator."""
        new = {"partner_id": partner.partner_id, "name": f"Somebody of {partner.name}", "member_roles": sorted(roles)}
        person_id = _made(by.post("persons", new))["id"]
        terms = {"scopes": sorted(permitted_scopes(member_kinds(roles))), "tlp_ceiling": Tlp.AMBER}
        life = _DAY if by is self.operator else _DAY / 2  # nobody gives longer ones than they have
        expires_at = (self.clock() + life).strftime("%Y-%m-%dT%H:%M:%SZ")
        issued = _made(by.post("credentials", {"person_id": person_id, "expires_at": expires_at} | terms))
        return Caller(self.transport, issued["token"])

    def staff(self, role: StaffRole, scopes: Iterable[Permission]) -> Caller:
        """Give a person of the exchange; no route makes one, so that its rows are written here."""
        now, token = self.clock(), f"bw_{secrets.token_urlsafe(32)}"
        person = Person(str(uuid.uuid4()), role.value, None, frozenset({role}))
        credential = Credential(
            credential_id=str(uuid.uuid4()),
            name=role.value,
            partner_id=None,
            person_id=person.person_id,
            account_id=None,
            scopes=frozenset(scopes),
            purpose=None,
            tlp_ceiling=Tlp.CLEAR,
            created_at=now,
            expires_at=now + _DAY,
        )
        with self.exchange.database.write() as connection:
            members.add_person(connection, person)
            credentials.add_credential(connection, credential, _digest(token))
        return Caller(self.transport, token)

    def do_all_work(self) -> None:
        """Do what is due on the work ledger, as the poller would."""
        while self.do_one_piece_of_work():
            pass

    def do_one_piece_of_work(self) -> bool:
        """Do one batch of what is due; False if nothing was."""
        return do_next(self.exchange)


def _digest(token: str) -> bytes:
    from app.crypto.tokens import token_digest  # noqa: PLC0415  # only who makes staff needs it

    return token_digest(token)


# Applications that no exchange uses now: one is made in 100 ms, and handed on in none.
_AT_REST: list[Flask] = []


@contextmanager
def running_exchange(database_url: str, *, new_application: bool = False) -> Iterator[RunningExchange]:
    """Give an exchange on a migrated, empty database, started, with its application; its connections close at the end.

    The application may have answered for another exchange before, unless a new one is asked for, to be changed by the test.
    """
    clock = Clock()
    sealer = CursorSealer([secrets.token_bytes(64)])
    with passing_depots() as depots:
        exchange = Exchange(Database(database_url), new_exchange_keys(), sealer, clock, depots=depots)
        app = _new_application(exchange) if new_application or not _AT_REST else _AT_REST.pop()
        attach(app, exchange)
        try:
            token = start_exchange(exchange, "operator").token
            yield RunningExchange(app, exchange, Caller(in_process(app), token), clock)
        finally:
            exchange.database.dispose()
            if not new_application:
                _AT_REST.append(app)


def _new_application(exchange: Exchange) -> Flask:
    settings = Settings.from_environment({"BREAKWATER_HOME": str(Path("var")), "BREAKWATER_LOG_LEVEL": "error"})
    return create_app(settings, exchange)


@dataclass(frozen=True)
class Furnished:
    """An exchange on an SQLite file with two partners in it, to be copied; nobody writes to the file itself."""

    path: Path
    running: RunningExchange
    partners: tuple[FakePartner, FakePartner]

    @classmethod
    def make(cls, path: Path) -> Furnished:
        """Furnish the migrated, empty database at ``path`` with *Platform* and *Hotline*, who share with everybody."""
        with running_exchange(f"sqlite:///{path}", new_application=True) as running:
            partners = running.enrol("Platform"), running.enrol("Hotline", role=Role.HOTLINE)
        assert not path.with_name(f"{path.name}-wal").exists(), "a connection to the template was left open"
        return cls(path, running, partners)

    @contextmanager
    def copy(self, path: Path) -> Iterator[RunningExchange]:
        """Give an exchange on a copy of the file. It shares keys, tokens and the application with all copies: one at a time."""
        shutil.copy(self.path, path)
        clock = Clock()
        with passing_depots() as depots:
            exchange = replace(self.running.exchange, database=Database(f"sqlite:///{path}"), clock=clock, depots=depots)
            attach(self.running.app, exchange)
            try:
                yield replace(self.running, exchange=exchange, clock=clock)
            finally:
                exchange.database.dispose()


PLAIN_TOOLS: Mapping[str, Mapping[str, Any]] = {
    "write": {"profiles": ["ocsea", "stix"], "assurances": ["channel-attested", "publisher-signed"], "carries_statements": True}
}
"""For ``Wanted.agreement``: any STIX, signed or not, as the partner of a general tool may submit it."""
