"""A running exchange without HTTP, and partners who sign, submit and pull on the level of services.

Owns starting an exchange on a migrated database with a clock that the test moves, and enrolling partners through the services
alone, as an operator and the partners themselves would. Nothing here writes a row by itself.
"""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event

from app.crypto.seal import CursorSealer
from app.domain.agreement import Agreement, RecallTerms
from app.domain.errors import Code
from app.domain.partner import Partner, PartnerKey, Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import ANY, Channel, Harm, KeyUsage, MemberRole, Purpose, Role, Sensitivity, StaffRole, Tlp
from app.policy.administration import permitted_scopes
from app.policy.scopes import SCOPES, PrincipalKind, member_kinds
from app.services.approval.decide import Decision
from app.services.authenticate import authenticate
from app.services.carry_out import approve
from app.services.do_work import do_next
from app.services.exchange import Exchange
from app.services.intake.submit import SubmissionRequest, submit
from app.services.membership.agreement_versions import Making, NewAgreement
from app.services.membership.enrol_partner import NewPartner, enrol_partner, propose_reactivation
from app.services.membership.issue_credentials import NewCredential, issue_credential
from app.services.membership.keep_persons import NewPerson, add_person
from app.services.membership.manage_keys import KeyRegistration, activate_key, new_challenge, register_key
from app.services.membership.register_audience import register_audience, sign_audience
from app.services.membership.rotate_keys import KeyRotation, rotate_key
from app.services.reading.pull import Filters, Page, PageRequest, Reader, pull_object, pull_page, reader
from app.services.start_exchange import StaffToken, add_staff, start_exchange
from app.storage.counter import read_order, save_order, take_order_lock
from app.storage.session import Database
from breakwater_client.submission import ObjectResult, Submission
from breakwater_client.trust.key_rotation import Rotation, sign_rotation
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object
from breakwater_client.trust.possession import prove_possession
from tests.factories import policy_values, stix_objects
from tests.factories.depots import passing_depots
from tests.factories.exchange_keys import new_exchange_keys
from tests.factories.policy_values import DAY, NOW

PARTNER_SCOPES = SCOPES[PrincipalKind.PARTNER]
_MOST_TASKS = 1_000


@dataclass
class Clock:
    """The exchange's clock: stands still until the test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, time: timedelta) -> None:
        self.now += time


@dataclass
class Hub:
    """A started exchange, its first operator and its clock."""

    exchange: Exchange
    clock: Clock
    first_operator: StaffToken
    members: list[Member] = field(default_factory=list)

    @property
    def operator(self) -> Principal:
        """The operator, as its token makes it."""
        return authenticate(self.exchange, self.first_operator.token)

    def another_operator(self, role: StaffRole = StaffRole.OPERATOR) -> Principal:
        """Add a further operator, or somebody of another role, and give them as their token makes them."""
        return authenticate(self.exchange, add_staff(self.exchange, "Operator B", role).token)

    def reactivate(self, partner_id: str) -> None:
        """Let a suspended partner in again: one operator proposes it, another approves."""
        proposed = propose_reactivation(self.exchange, self.operator, partner_id, "It was looked into.")
        approve(self.exchange, self.another_operator(), Decision(proposed.approval_id, "Agreed.", proposed.digest))

    @property
    def next_log_index(self) -> int:
        """The index that the next leaf of the log will have: enrolling writes leaves too."""
        with self.exchange.database.read() as connection:
            return read_order(connection).log_index + 1

    def enrol(self, name: str, role: Role = Role.PLATFORM, jurisdiction: str = "IE", **read: Any) -> Member:
        """Enrol a partner with an active key, an audience of everybody and an agreement that allows everything but ``read``."""
        partner = enrol_partner(self.exchange, self.operator, NewPartner(name, role, jurisdiction))
        scopes, expires_at = PARTNER_SCOPES, self.clock.now + 3650 * DAY
        issued = issue_credential(
            self.exchange, self.operator, NewCredential(partner.partner_id, "service", scopes, None, Tlp.RED, expires_at)
        )
        assert issued.token is not None
        member = Member(self, partner, issued.token)
        member.key = member.add_key()
        member.everybody = member.add_audience(roles=[ANY], jurisdictions=[ANY])
        member.agree(**read)
        self.members.append(member)
        return member

    def work(self) -> int:
        """Do all work that is due. Gives how many batches there were."""
        done = 0
        while do_next(self.exchange):
            done += 1
            assert done < _MOST_TASKS, "work never ends"
        return done


def agree_at_once(exchange: Exchange, new: NewAgreement, credential_id: str) -> Agreement:
    """Make a version whatever it widens, as it is made once two operators have agreed to it, in one transaction."""
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        act = Making(exchange, connection, order, exchange.clock(), credential_id)
        agreement = act.version_of(new, act.known(new.partner_id))
        act.add(agreement)
        save_order(connection, order)
    return agreement


@dataclass
class Member:
    """A partner of a hub: what it holds, and what it does with it."""

    hub: Hub
    partner: Partner
    token: str
    key: PrivateKey = field(init=False)
    everybody: str = field(init=False)

    @property
    def id(self) -> str:
        """The partner's id."""
        return self.partner.partner_id

    @property
    def principal(self) -> Principal:
        """The partner's service account, as its token makes it now."""
        return authenticate(self.hub.exchange, self.token)

    # --- what is arranged -------------------------------------------------------------------------------------------------

    def add_key(self, *, active: bool = True) -> PrivateKey:
        """Register a new signing key; a first one is activated by the operator, a further one by the first key's signature."""
        key = PrivateKey.generate()
        if active and hasattr(self, "key"):
            self.rotate(self.key, key, retire_at=self.hub.clock.now + 3650 * DAY)
            return key
        register_key(self.hub.exchange, self.principal, self.registration(key))
        if active:
            activate_key(self.hub.exchange, self.hub.operator, key.public.keyid)
        return key

    def registration(self, key: PrivateKey, usage: KeyUsage = KeyUsage.OBJECT_SIGNING) -> KeyRegistration:
        """Prove possession of a key over a new challenge."""
        challenge = new_challenge(self.hub.exchange, self.principal).challenge
        proof = prove_possession(key, challenge, self.id)
        return KeyRegistration(key.public.to_pem().decode(), challenge, proof, usage)

    def rotate(self, old: PrivateKey, new: PrivateKey, **terms: Any) -> PartnerKey:
        """Let a new key count in the place of an old one, which signs for it; ``terms`` are those of ``Rotation``."""
        asked = Rotation(old.public.keyid, new.public.keyid, KeyUsage.OBJECT_SIGNING, self.id)
        rotation = replace(asked, **terms)
        envelope = sign_rotation(rotation, old)
        registration = self.registration(new, rotation.usage)
        return rotate_key(self.hub.exchange, self.principal, old.public.keyid, KeyRotation(registration, envelope))

    def add_audience(self, **lists: Iterable[str]) -> str:
        """Register an audience. Gives its id."""
        document: dict[str, Any] = {"audience_id": f"audience--{uuid.uuid4()}"}
        document |= {name: sorted(lists.get(name, ())) for name in ("roles", "jurisdictions", "partners_in", "partners_out")}
        register_audience(self.hub.exchange, self.principal, sign_audience(document, self.key))
        audience_id: str = document["audience_id"]
        return audience_id

    def agree(
        self,
        *,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        write: dict[str, Any] | None = None,
        default: dict[str, Any] | None = None,
        is_listed: bool = False,
        recall: RecallTerms | None = None,
        **read: Any,
    ) -> Agreement:
        """Have the next version of the agreement, as two operators would: everything is allowed but for what is given."""
        wide = {
            "purposes": frozenset(Purpose),
            "tlp_ceiling": Tlp.RED,
            "sensitivities": frozenset(Sensitivity),
            "harm_types": frozenset(Harm),
            "channels": frozenset(Channel),
        }
        able = {"sensitivities": frozenset(Sensitivity), "harm_types": frozenset(Harm)}
        silent = {"tlp": Tlp.CLEAR, "purposes": frozenset(Purpose), "audience_id": self.everybody}
        new = NewAgreement(
            partner_id=self.id,
            starts_at=starts_at,
            ends_at=ends_at,
            read=policy_values.read_terms(**wide | read),
            write=policy_values.write_terms(**able | (write or {})),
            default_handling=policy_values.default_handling(**silent | (default or {})),
            is_listed=is_listed,
            recall=recall or RecallTerms(),
        )
        return agree_at_once(self.hub.exchange, new, self.hub.operator.credential.credential_id)

    def issue(
        self, *, scopes: frozenset[Permission] = PARTNER_SCOPES, purpose: Purpose | None = None, tlp_ceiling: Tlp = Tlp.RED
    ) -> str:
        """Issue a further credential. Gives its token."""
        new = NewCredential(self.id, "other", scopes, purpose, tlp_ceiling, self.hub.clock.now + DAY)
        token = issue_credential(self.hub.exchange, self.hub.operator, new).token
        assert token is not None
        return token

    def principal_with(self, **credential: Any) -> Principal:
        """Issue a further credential, and give its principal."""
        return authenticate(self.hub.exchange, self.issue(**credential))

    def administrator(self) -> Principal:
        """Let the operator add the first administrator, with all that the role may. Gives them as their token makes them."""
        return authenticate(self.hub.exchange, self.administrators_token())

    def administrators_token(self) -> str:
        """Let the operator add the first administrator. Gives their token."""
        return self._persons_token(self.hub.operator, MemberRole.ADMINISTRATOR)

    def person(self, by: Principal, *roles: MemberRole) -> Principal:
        """Let somebody add a person of these roles and issue a token to them. Gives them as their token makes them."""
        return authenticate(self.hub.exchange, self._persons_token(by, *roles))

    def _persons_token(self, by: Principal, *roles: MemberRole) -> str:
        exchange, expires_at = self.hub.exchange, self.hub.clock.now + DAY
        person = add_person(exchange, by, NewPerson(self.id, "Somebody", frozenset(roles))).person
        scopes = permitted_scopes(member_kinds(roles))
        new = NewCredential(None, None, scopes, None, Tlp.AMBER, expires_at, person.person_id)
        return str(issue_credential(exchange, by, new).token)

    # --- what is submitted ------------------------------------------------------------------------------------------------

    def sign(self, value: dict[str, Any], key: PrivateKey | None = None) -> dict[str, Any]:
        """Give a signed copy of an object."""
        return sign_object(value, key or self.key, signer=self.partner.identity_id, signed_at=self.hub.clock.now)

    def submit(self, *values: dict[str, Any], sign: bool = True, **request: Any) -> Submission:
        """Submit objects, signed unless they are to go as they are."""
        body = envelope(*(self.sign(value) if sign else value for value in values))
        return submit(self.hub.exchange, self.principal, SubmissionRequest(body, **request))

    def store(self, *values: dict[str, Any]) -> tuple[ObjectResult, ...]:
        """Submit objects that must be stored, one and all."""
        results = self.submit(*values).results
        assert outcomes(results) == ["stored"] * len(values)
        return results

    def mark(self, audience_id: str | None = None, *, tlp: str = "clear", **terms: Any) -> str:
        """Store a marking. Gives its id, for ``object_marking_refs``."""
        made = stix_objects.marking(audience_id, tlp=tlp, **terms)
        self.store(made)
        stix_id: str = made["id"]
        return stix_id

    def mark_for(self, *members: Member, **terms: Any) -> str:
        """Store a marking that reaches these partners, one by one, and nobody else."""
        return self.mark(self.add_audience(partners_in=[member.id for member in members]), **terms)

    # --- what is pulled ---------------------------------------------------------------------------------------------------

    def reader(self, purpose: Purpose = Purpose.DETECTION, channel: Channel = Channel.PORTAL) -> Reader:
        """Give the partner as one who reads; by the portal, which even RED may take, unless another way is given."""
        return reader(self.principal, purpose, channel)

    def with_ceiling(self, reading: Reader, tlp_ceiling: Tlp) -> Reader:
        """Give the same reader as it would be with a credential of this ceiling."""
        principal = reading.principal
        return replace(reading, principal=replace(principal, credential=replace(principal.credential, tlp_ceiling=tlp_ceiling)))

    def page(self, cursor: str | None = None, *, limit: int = 100, of: Reader | None = None, **filters: Any) -> Page:
        """Pull one page."""
        return pull_page(self.hub.exchange, of or self.reader(), PageRequest(Filters(**filters), cursor, limit))

    def pull(self, cursor: str | None = None, **page: Any) -> tuple[list[dict[str, Any]], str]:
        """Follow pages to the end. Gives the objects, and the cursor to go on from later."""
        objects: list[dict[str, Any]] = []
        while True:
            answer = self.page(cursor, **page)
            objects += map(json.loads, answer.objects)
            cursor = answer.next
            if not answer.more:
                return objects, cursor

    def sees(self, **page: Any) -> list[tuple[str, str | None]]:
        """List (id, modified) of the whole feed from its start."""
        return [version_of(one) for one in self.pull(**page)[0]]

    def look_up(self, stix_id: str, **as_: Any) -> list[dict[str, Any]]:
        """Pull one object by its id; raises ``NotFoundError`` as the service does."""
        return [json.loads(one) for one in pull_object(self.hub.exchange, self.reader(**as_), stix_id).objects]


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do several things at once, each in a thread. Gives what each returned or raised, in the order given."""
    ends: list[object] = [None] * len(acts)

    def do(number: int) -> None:
        try:
            ends[number] = acts[number]()
        except Exception as failure:  # noqa: BLE001  # whatever a thread raises is the caller's to judge
            ends[number] = failure

    threads = [threading.Thread(target=do, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def envelope(*values: dict[str, Any]) -> bytes:
    """Give the body of a submission."""
    return json.dumps({"objects": values}).encode()


def version_of(value: dict[str, Any]) -> tuple[str, str | None]:
    """Give what tells an object's versions apart in what is pulled."""
    return value["id"], value.get("modified")


def outcomes(results: Iterable[ObjectResult]) -> list[Code | str]:
    """Give what became of each object: the code of its refusal, else its status."""
    return [one.refusal.code if one.refusal else one.status.value for one in results]


@contextmanager
def serving(url: str, clock: Callable[[], datetime]) -> Iterator[Exchange]:
    """Give an exchange on a migrated database, not started yet; its connections are closed at the end."""
    with _opened(url) as database, passing_depots() as depots:
        yield Exchange(database, new_exchange_keys(), CursorSealer([os.urandom(64)]), clock, depots=depots)


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    if database.is_sqlite:  # these tests are not about power cuts
        event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def started_hub(url: str, start: datetime = NOW) -> Iterator[Hub]:
    """Start an exchange on a migrated, empty database."""
    clock = Clock(start)
    with serving(url, clock) as exchange:
        yield Hub(exchange, clock, start_exchange(exchange, "Operator A"))


@contextmanager
def hub_on_a_copy(started: Hub, url: str) -> Iterator[Hub]:
    """Give a hub like one that was started and closed, on a copy of its database: with its keys, and a clock of its own."""
    clock = Clock(started.clock.now)
    with _opened(url) as database, passing_depots() as depots:
        exchange = replace(started.exchange, database=database, clock=clock, depots=depots)
        yield Hub(exchange, clock, started.first_operator)


def as_seen_by_another_worker(exchange: Exchange) -> Exchange:
    """Give the same exchange as a second process would hold it: with connections of its own."""
    url = exchange.database.engine.url.render_as_string(hide_password=False)
    return replace(exchange, database=Database(url))
