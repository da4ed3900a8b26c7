"""Telling whoever was given what its owner withdrew: a notice, signed by the exchange, in the feed of exactly these partners.

Owns the work on one recall: the disclosure ledger is looked through for its versions, batch by batch, and then all notices are
made in one transaction, so that a kill at any point loses none and doubles none. Partners that were given the same share
a notice, if they have the same time to answer it; nobody is told of a version that it never had, and the owner itself gets none.
Of a contest only the looking is done here: its notices go out in the rounds of ``recalling.contest_round``.
The answers are ``recalling.acknowledge``'s. Kept by ``tests/services/intake/test_notify_recall.py``.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain.agreement import RecallTerms
from app.domain.events import Event, EventRecord
from app.domain.handling import HandlingClass
from app.domain.object_vocabulary import RecallKind
from app.domain.recall import Recall, RecalledVersion, SentNotice
from app.domain.stix_object import CheckedObject
from app.policy.handling import closed_handling
from app.services.intake.await_answers import await_answers, terms_for
from app.services.intake.call_back import NOTIFY_RECALL
from app.services.intake.recall_notice import MOST_RECALLED, Notice, sign_notice
from app.services.intake.who_is_told import who_is_told
from app.storage import disclosures, events, handling, members, objects, recalls, work
from app.storage.batches import batches
from app.storage.columns import FOREVER
from app.storage.counter import Order, save_order, take_order_lock
from app.storage.displacement import Place
from app.storage.objects import NO_SUBMISSION, NewVersion
from app.storage.recalls import Delivery, Recipient
from app.storage.session import Connection
from breakwater_client.trust.keys import SigningKey
from breakwater_client.trust.log_leaf import LeafKind, leaf_bytes, leaf_hash, new_salt

_ROWS_AT_ONCE = 2_000


def notify_recall(key: SigningKey, connection: Connection, payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Do one step of a recall: settle how far to look, look through some rows of the ledger, or send the notices.

    The first is a transaction of its own, since it makes disclosures wait for a moment. ``key`` is the exchange's. Gives when to
    come back; None when all were told.
    """
    recall = recalls.recall_by_number(connection, payload["recall_id"])
    if recall.notified_at is not None:
        return None
    if recall.look_to is None:
        # What is disclosed after this moment knows of the withdrawal (``pull.record_disclosure``).
        recalls.settle_look(connection, recall.recall_id, disclosures.settled_to(connection))
        return now
    if recall.looked_to < recall.look_to:
        look_on(connection, recall, recall.look_to)
        return now
    if recall.kind is RecallKind.CONTEST:
        return None
    order = take_order_lock(connection)
    if recalls.recall_by_number(connection, recall.recall_id).notified_at is not None:
        return None  # somebody else sent them while this waited for the lock
    sender = Sender(key, members.this_exchange(connection).identity_id, order, now)
    recipients = who_is_told(connection, recall)
    for letter in letters_to(connection, recall, recipients, now):
        send_letter(connection, sender, letter)
    keep_all_told(connection, recall, {one.partner_id for one in recipients}, now)
    save_order(connection, order)
    return None


def ensure_recall_work(connection: Connection, now: datetime) -> None:
    """Put the work on the ledger for recalls about which nobody was told yet, if no such work is there. Order lock held."""
    if not work.has_waiting(connection, NOTIFY_RECALL):
        for recall_id in recalls.unnotified(connection):
            work.add_work(connection, NOTIFY_RECALL, {"recall_id": recall_id}, now)


def look_on(connection: Connection, recall: Recall, look_to: int) -> int:
    """Look through some further rows of the ledger for who was given what a recall is about. Gives up to which."""
    wanted = {one.version_id for one in recalls.recalled_versions(connection, recall.recall_id)}
    stretch = disclosures.Stretch(recall.owner_id, recall.looked_to, look_to, _ROWS_AT_ONCE)
    found, looked_to = disclosures.given_of(connection, stretch, wanted)
    recalls.keep_look(connection, recall.recall_id, found, looked_to)
    return looked_to


@dataclass(frozen=True, slots=True)
class Sender:
    """Who states notices: the exchange's key and STIX identity, the held order, and when."""

    key: SigningKey
    identity_id: str
    order: Order
    now: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice to be made: of which recall, to whom by which terms, about which versions, and in which groups' feeds as well."""

    recall: Recall
    terms: Mapping[str, RecallTerms]
    versions: Sequence[RecalledVersion]
    group_feeds: Sequence[int]


def letters_to(connection: Connection, recall: Recall, recipients: Sequence[Recipient], now: datetime) -> Iterator[Letter]:
    """Give each notice to be made. Who was given the same versions in the same feeds, and has the same time, shares it.

    So a group's feed says of nothing more than it has disclosed itself, and to nobody but those to whom it did.
    """
    recalled = {one.version_id: one for one in recalls.recalled_versions(connection, recall.recall_id)}
    given: dict[str, set[tuple[int, frozenset[int]]]] = defaultdict(set)
    for one in recipients:
        given[one.partner_id].add((one.feed, one.version_ids))
    terms = {partner_id: terms_for(connection, recall.kind, partner_id, now) for partner_id in given}
    sharing: dict[tuple[frozenset[tuple[int, frozenset[int]]], int], list[str]] = defaultdict(list)
    for partner_id, disclosed in sorted(given.items()):
        sharing[frozenset(disclosed), terms[partner_id].acknowledge_within_hours].append(partner_id)
    for (by_feed, _), partner_ids in sharing.items():
        all_of_them = sorted(frozenset[int]().union(*(version_ids for _, version_ids in by_feed)))
        for some in batches(all_of_them, at_once=MOST_RECALLED):
            feeds = sorted(feed for feed, version_ids in by_feed if feed and not version_ids.isdisjoint(some))
            yield Letter(recall, {one: terms[one] for one in partner_ids}, [recalled[one] for one in some], feeds)


def send_letter(connection: Connection, sender: Sender, letter: Letter) -> None:
    """Make a notice, and wait for the answers. It takes one place of the order, and one leaf."""
    recall, version_ids = letter.recall, [one.version_id for one in letter.versions]
    within = timedelta(hours=next(iter(letter.terms.values())).acknowledge_within_hours)
    facets = recalls.facets_of(connection, version_ids)
    notice = Notice(recall, letter.versions, sender.identity_id, facets, sender.now + within)
    checked = sign_notice(notice, sender.key, sender.now)
    owner = members.partner_by_id(connection, recall.owner_id)
    if owner is None:
        raise LookupError("a recall of no partner")
    closed = closed_handling(members.publisher(owner))
    addressed = HandlingClass(owner.partner_id, frozenset({closed}), addressed_to=frozenset(letter.terms))
    version_id, place = store_notice(connection, sender, checked, addressed)
    recalls.post_to_groups(connection, version_id, letter.group_feeds, place)
    feeds = (0, *letter.group_feeds)
    deliveries = [Delivery(partner_id, feed, version_id) for partner_id in sorted(letter.terms) for feed in feeds]
    recalls.add_deliveries(connection, recall.recall_id, deliveries)
    sent = SentNotice(version_id, checked.facts.stix_id, recall.recall_id, sender.now, frozenset(version_ids))
    await_answers(connection, sent, letter.terms)


def keep_all_told(connection: Connection, recall: Recall, told: Collection[str], now: datetime) -> None:
    """Keep that all notices of a recall went out, to these partners."""
    recalls.keep_notified(connection, recall.recall_id, now)
    record = EventRecord(Event.OBJECT_WITHDRAW, now, subject=str(recall.recall_id), code=f"told-{len(told)}")
    events.add_events(connection, [record])


def store_notice(connection: Connection, sender: Sender, notice: CheckedObject, addressed: HandlingClass) -> tuple[int, Place]:
    """Store a notice as a version of the owner's, in a class that admits exactly its addressees. Gives row id and place.

    It has an ordinary place in the feed, which like every hidden version nobody else can tell.
    """
    order, facts, content = sender.order, notice.facts, notice.verified.parsed.content
    place = Place(*order.next_position(sender.now))
    salt = new_salt()
    version = NewVersion(
        version_id=order.next_version_id(),
        checked=notice,
        version=facts.version or "",
        version_key=facts.version_key or "",
        class_id=handling.ensure_classes(connection, order, [addressed])[addressed],
        position=place.position,
        added_at=place.added_at,
        visible_until=FOREVER,
        release_at=None,
        content_digest=hashlib.sha256(content).digest(),
        log_index=order.next_log_index(),
        leaf_kind=LeafKind.OBJECT_VERSION,
        leaf_salt=salt,
        leaf_hash=leaf_hash(leaf_bytes(LeafKind.OBJECT_VERSION, salt, notice.verified.payload_digest)),
    )
    objects.add_versions(connection, [version], NO_SUBMISSION, sender.now)
    known = [facts.stix_id] if facts.is_revoked else []
    objects.set_heads(connection, addressed.owner_id, [(facts.stix_id, version.version_id)], known=known)
    return version.version_id, place
