"""A key is in other hands: since when, and what that takes along.

Owns the window: what was logged before ``since`` stays valid, what was logged from then until the report is withdrawn and
recalled in the commit of the report, and nothing after it is taken. What rests on the key falls with it: keys that it signed
for since then, and what a credential of it vouched for. Kept by ``tests/services/membership/test_report_compromise.py``;
decision 27 has the alternatives.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from app.domain.errors import ConflictError, MalformedInputError, NotFoundError
from app.domain.events import Event, EventRecord
from app.domain.object_vocabulary import RecallAct, RecallReason
from app.domain.paging import AlarmCode
from app.domain.partner import PartnerKey, Principal
from app.domain.vocabulary import KeyState, KeyUsage
from app.services.exchange import Exchange
from app.services.intake.withdraw import Withdrawal, withdraw_versions
from app.services.membership.end_issued import issued_by_key
from app.services.membership.key_life import KeyAct, acting, require_to_end
from app.services.raise_alarm import raise_alarm
from app.storage import credentials, handling, log
from app.storage.objects import StoredVersion
from app.storage.session import Connection
from app.storage.signed_versions import Window, attested_for, signed_by, submissions_by
from app.storage.submissions import KeyUse
from breakwater_client.trust.log_leaf import LeafKind

MOST_LISTED = 1_000
"""So many recalls and submissions are told of by their ids."""

MOST_FORESEEN = 10_000
"""So far object versions are counted before a report is made."""

_AT_ONCE = 1_000
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Compromise:
    """The report: the key, now compromised; keys that fell with it; and what was taken back.

    ``recalls`` and ``submissions`` (of keys that sign requests: what came with them in the window, to be looked through) hold
    ``MOST_LISTED`` ids at most; the numbers are of all. ``successors`` are keys that the key signed for, itself or through
    others, before the window: they still count. ``credentials`` came of a key in the window, and are revoked; ``audiences`` were
    registered in it, signed with a key, and stay.
    """

    key: PartnerKey
    also: list[PartnerKey] = field(default_factory=list)
    withdrawn: int = 0
    recalls: list[str] = field(default_factory=list)
    submissions: list[str] = field(default_factory=list)
    submission_count: int = 0
    successors: list[PartnerKey] = field(default_factory=list)
    credentials: list[str] = field(default_factory=list)
    audiences: list[str] = field(default_factory=list)


def report_compromise(
    exchange: Exchange, principal: Principal, keyid: str, since: datetime, use: KeyUse | None = None
) -> Compromise:
    """Report that a key is in other hands since a moment; by its partner or an operator. Gives what that took along.

    A moment before the key counted means all that it ever signed. Reporting again with an earlier moment widens the window.
    The operators are alarmed.

    Raises:
        ConflictError: it is reported already, since an earlier moment; or too often (``key_quotas``).
        MalformedInputError: a moment to come.
        NotFoundError: there is no such key, or it is another partner's.
    """
    require_to_end(principal)
    with acting(exchange, principal) as act:
        key = act.own_or_staffs(keyid)
        if since > act.now:
            raise MalformedInputError("This moment is still to come.", pointer="/since")
        earlier = act.repeated(use)
        if earlier is not None:
            return _told_before(act, key, earlier)
        _check_widens(act, key, since)
        before = act.order.log_index
        fallen = _falling(act.connection, key, since, act.now)
        act.record([(Event.KEY_COMPROMISE, one) for one in fallen])
        if fallen:
            _alarm(act, fallen[0])
        compromise = _take_back(act, fallen or [key])
        act.bind(use, f"{before + 1}-{act.order.log_index}")
    return compromise


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a report would take along: keys that would fall, and how many object versions would be withdrawn and recalled.

    Versions are counted up to ``MOST_FORESEEN``. So many ``credentials`` would be revoked.
    """

    keys: list[PartnerKey]
    versions: int
    credentials: int


def foresee_compromise(exchange: Exchange, principal: Principal, keyid: str, since: datetime) -> Foreseen:
    """Give what ``report_compromise`` would take along if it were done now; nothing changes. Raises as that does."""
    require_to_end(principal)
    now = exchange.clock()
    with exchange.database.read() as connection:
        key = credentials.key_by_id(connection, keyid)
        if key is None or (principal.partner is not None and key.partner_id != principal.partner.partner_id):
            raise NotFoundError
        if since > now:
            raise MalformedInputError("This moment is still to come.", pointer="/since")
        fallen = _falling(connection, key, since, now)
        versions, revoked = 0, 0
        for one in fallen:
            vouchers, window = _vouchers(connection, one), Window(one.compromised_since or now, now + _TICK)
            revoked += len(vouchers)
            for some in _resting_on(connection, one, vouchers, window):
                versions += len(some)
                if versions >= MOST_FORESEEN:
                    break
    return Foreseen(fallen, min(versions, MOST_FORESEEN), revoked)


def _check_widens(act: KeyAct, key: PartnerKey, since: datetime) -> None:
    if key.compromised_since is None:
        return
    if since > key.compromised_since:
        raise ConflictError("This key is reported since an earlier moment already, and a window is never made narrower.")
    act.check_changes(key)


def _alarm(act: KeyAct, key: PartnerKey) -> None:
    """Call the operators: the partner needs them now, or somebody throws its objects away who should not."""
    who = act.principal.credential.credential_id
    raise_alarm(
        act.connection,
        AlarmCode.KEY_COMPROMISED,
        EventRecord(Event.KEY_COMPROMISE, act.now, key.partner_id, who, subject=key.keyid),
    )


def _falling(connection: Connection, key: PartnerKey, since: datetime, now: datetime) -> list[PartnerKey]:
    """Give the key as it is now compromised, and in the same way every key whose right to count came from it in the window.

    Whoever held the old key could sign for a key of their own: from a rotation since then nothing follows. A chain of rotations
    may be of any length.
    """
    signed_for = _successors(connection, key.partner_id)
    fallen, reached = [], [(key, since)]
    for one, moment in reached:  # which grows meanwhile; a key replaces one other at most, so that this ends
        compromised = compromised_key(one, moment, now)
        if compromised is not None:
            fallen.append(compromised)
        heirs = [(heir, heir.activated_at) for heir in signed_for[one.keyid] if heir.activated_at]
        reached += [(heir, activated_at) for heir, activated_at in heirs if activated_at >= moment]
    return fallen


def _successors(connection: Connection, partner_id: str) -> dict[str | None, list[PartnerKey]]:
    """Give a partner's keys by the id of the key that signed for them."""
    found: dict[str | None, list[PartnerKey]] = defaultdict(list)
    for one in credentials.keys(connection, partner_id):
        found[one.replaces].append(one)
    return found


def compromised_key(key: PartnerKey, since: datetime, now: datetime) -> PartnerKey | None:
    """Give a key as compromised since a moment; None if it is already, since that moment or before."""
    begins = max(since, key.registered_at)
    if key.compromised_since is not None and key.compromised_since <= begins:
        return None
    return replace(
        key,
        state=KeyState.COMPROMISED,
        changed_at=now,
        compromised_since=begins,
        reported_at=key.reported_at or now,
    )


def _told_before(act: KeyAct, key: PartnerKey, leaves: str) -> Compromise:
    """Give again what a report took along: its leaves of the log, first to last, say it. Keys are as they are now."""
    first, _, last = leaves.partition("-")
    logged = log.statements_between(act.connection, int(first), int(last))
    keyids = [one.subject for one in logged if one.kind == LeafKind.KEY_EVENT]
    found = [credentials.key_by_id(act.connection, keyid) for keyid in keyids]
    fallen = [one for one in found if one is not None]  # the exchange's own may have been registered beside
    recalled = [one for one in logged if one.kind == LeafKind.RECALL]
    withdrawn = sum(len(json.loads(one.document)["log_indexes"]) for one in recalled)
    recalls = [one.subject for one in recalled][:MOST_LISTED]
    return replace(_beside(act, fallen or [key]), key=key, also=fallen[1:], withdrawn=withdrawn, recalls=recalls)


def _window(act: KeyAct, key: PartnerKey) -> Window:
    return Window(key.compromised_since or act.now, act.now + _TICK)


def _take_back(act: KeyAct, fallen: list[PartnerKey]) -> Compromise:
    """Withdraw and recall everything that stands by the word of these keys alone, some versions at a time."""
    recalls: list[str] = []
    withdrawn = 0
    for key in fallen:
        for versions in _resting_on(act.connection, key, _vouchers(act.connection, key), _window(act, key)):
            withdrawn += len(versions)
            recalls += [_withdraw(act, owner_id, some) for owner_id, some in _by_owner(versions).items()]
    return replace(_beside(act, fallen), withdrawn=withdrawn, recalls=recalls[:MOST_LISTED])


def _beside(act: KeyAct, fallen: list[PartnerKey]) -> Compromise:
    """Give what there is to look through beside what was taken back, key after key."""
    made = Compromise(fallen[0], fallen[1:], successors=_counting(act, fallen))
    submissions, count = list[str](), 0
    for key in fallen:
        window, vouchers = _window(act, key), _vouchers(act.connection, key)
        for credential_id in vouchers:
            some_ids, in_all = submissions_by(act.connection, credential_id, window, MOST_LISTED)
            submissions, count = [*submissions, *some_ids], count + in_all
        made.credentials.extend(vouchers[1:])
        made.audiences.extend(handling.audiences_signed(act.connection, key.partner_id, key.keyid, window.since))
    return replace(made, submissions=submissions[:MOST_LISTED], submission_count=count)


def _counting(act: KeyAct, fallen: list[PartnerKey]) -> list[PartnerKey]:
    """Give the keys that still count and whose right to it came from one of these, however many rotations lie between."""
    signed_for = _successors(act.connection, fallen[0].partner_id)
    gone = {one.keyid for one in fallen}
    heirs = [heir for keyid in gone for heir in signed_for[keyid] if heir.keyid not in gone]
    for heir in heirs:  # which grows meanwhile
        heirs += signed_for[heir.keyid]
    return [heir for heir in heirs if heir.state_at(act.now) is KeyState.ACTIVE]


def _vouchers(connection: Connection, key: PartnerKey) -> list[str]:
    """Give the ids of the credential of a key that signs requests, and of those that came of it in the window."""
    held = credentials.credential_of_key(connection, key.keyid)
    return [] if held is None else [one.credential_id for one in (held, *issued_by_key(connection, key))]


def _resting_on(
    connection: Connection, key: PartnerKey, vouchers: Sequence[str], window: Window
) -> Iterator[list[StoredVersion]]:
    """Give what a key vouched for in a window, so many versions at a time; each lot is withdrawn before the next is read.

    What a publisher signed stands by that signature, by whichever channel it came: of credentials only what has none.
    """
    looks: list[Callable[[int], list[StoredVersion]]]
    if key.usage is KeyUsage.OBJECT_SIGNING:
        looks = [lambda after: signed_by(connection, key.keyid, window, after, _AT_ONCE)]
    else:
        looks = [partial(_attested, connection, credential_id, window) for credential_id in vouchers]
    for look in looks:
        after = 0
        while versions := look(after):
            after = versions[-1].version_id
            yield versions


def _attested(connection: Connection, credential_id: str, window: Window, after: int) -> list[StoredVersion]:
    return attested_for(connection, credential_id, window, after, _AT_ONCE)


def _by_owner(versions: list[StoredVersion]) -> dict[str, list[StoredVersion]]:
    owned: dict[str, list[StoredVersion]] = defaultdict(list)
    for one in versions:
        owned[one.owner_id].append(one)
    return owned


def _withdraw(act: KeyAct, owner_id: str, versions: list[StoredVersion]) -> str:
    who = act.principal.credential.credential_id
    withdrawal = Withdrawal(owner_id, versions, RecallReason.KEY_COMPROMISE, RecallAct.STOP_USING, who)
    return withdraw_versions(act.connection, act.order, withdrawal, act.now)
