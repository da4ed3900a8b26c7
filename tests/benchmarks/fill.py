"""Fills an exchange through the storage floor, as admission does with what is checked, and gives readers who see parts.

Objects are unsigned indicators, attack patterns, relationships and sightings of about 1.2 KB, seeded. Classes of handling are of
three kinds: those that hold 0.1 % of all objects, 0.9 % and the rest; a reader sees the first, the first two, or all. One object
in a hundred gets a newer version, one in a hundred has the harm that the view asks for, one in ten is posted to a group.
"""

from __future__ import annotations

import hashlib
import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
from sqlalchemy import insert

from app.crypto.seal import CursorSealer
from app.domain.handling import HandlingClass, ObjectContext
from app.domain.partner import Principal
from app.domain.stix_object import CheckedObject, ObjectFacts, ParsedObject, VerifiedObject, timestamp_key
from app.domain.vocabulary import Assurance, Channel, Harm, Profile, Purpose, Sensitivity, Tlp
from app.services.exchange import Exchange
from app.services.reading.readers import Reader
from app.services.start_exchange import start_exchange
from app.storage import handling, members, objects, viewpoints
from app.storage.columns import FOREVER
from app.storage.counter import Order, save_order, take_order_lock
from app.storage.objects import NewVersion
from app.storage.schema import migrate
from app.storage.session import Connection, Database
from app.storage.tables import group_posting, sharing_group
from app.storage.viewpoints import Evaluation
from tests.factories import policy_values
from tests.factories.exchange_keys import new_exchange_keys
from tests.factories.policy_values import audience, partner

_BATCH = 5_000
GROUP = 1
RARE_HARM = str(Harm.TRAFFICKING_RELATED)
_WORDS = ("account", "contact", "pattern", "session", "stream", "device", "relay", "payment", "handle", "invite", "channel")
_KINDS = ("indicator",) * 5 + ("attack-pattern",) * 2 + ("relationship",) * 2 + ("sighting",)
_START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Filled:
    """A filled exchange: its readers by the share that they see, and the ids of some objects that all see."""

    exchange: Exchange
    readers: dict[str, Reader]
    ids: list[str]
    class_ids: list[int]


def fill(url: str, count: int, classes: int, *, seed: int = 1) -> Filled:
    """Fill a fresh database at ``url`` with ``count`` versions in ``classes`` handling classes."""
    migrate(url)
    exchange = Exchange(Database(url), new_exchange_keys(), CursorSealer([bytes(64)]))
    start_exchange(exchange, "operator")
    owner = partner(partner_id="owner", name="The owner", identity_id="identity--owner")
    readers = {
        share: partner(partner_id=f"r-{share}", name=share, identity_id=f"identity--{share}") for share in ("all", "1 %", "0.1 %")
    }
    with exchange.database.write() as connection:
        for one in (owner, *readers.values()):
            members.add_partner(connection, one)
        order = take_order_lock(connection)
        class_ids = _add_classes(connection, order, classes)
        values = {"group_id": "group", "feed": GROUP, "title": "group", "description": "", "shares_history": True}
        connection.execute(insert(sharing_group).values(**values, generation=0, created_at=_START))
        save_order(connection, order)
    rng = random.Random(seed)
    ids = []
    for start in range(0, count, _BATCH):
        ids += _add(exchange, rng, class_ids, min(_BATCH, count - start))
    _settle(exchange)
    few, some = max(1, classes // 100), max(2, classes // 10)
    parts = {"all": class_ids, "1 %": class_ids[:some], "0.1 %": class_ids[:few]}
    made = {share: _reader(exchange, one, parts[share]) for share, one in readers.items()}
    return Filled(exchange, made, rng.sample(ids, 200), class_ids)


def add(filled: Filled, count: int, *, seed: int = 2) -> None:
    """Store so many further versions, as a day brings them."""
    _add(filled.exchange, random.Random(seed), filled.class_ids, count)


def reader_over(filled: Filled, channel: Channel) -> Reader:
    """Give the one who reads everything, over another channel; it has an agreement of version 1."""
    return _reader(filled.exchange, filled.readers["all"].partner, filled.class_ids, channel)


def _add_classes(connection: Connection, order: Order, count: int) -> list[int]:
    publisher = policy_values.publisher(partner_id="owner")
    made = []
    for number in range(count):
        named = audience(audience_id=f"audience-{number}", owner_id="owner")
        handling.add_audience(connection, named, envelope="{}", now=_START)
        stated = policy_values.handling(publisher=publisher, audiences=frozenset({named}))
        made.append(HandlingClass("owner", frozenset({stated})))
    return sorted(handling.ensure_classes(connection, order, made).values())


def _class_of(rng: random.Random, class_ids: list[int]) -> int:
    few, some = max(1, len(class_ids) // 100), max(2, len(class_ids) // 10)
    chance = rng.random()
    if chance < 0.001:
        return class_ids[rng.randrange(few)]
    return class_ids[rng.randrange(few, some)] if chance < 0.01 else class_ids[rng.randrange(some, len(class_ids))]


def _add(exchange: Exchange, rng: random.Random, class_ids: list[int], count: int) -> list[str]:
    now = exchange.clock()
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        made: list[NewVersion] = []
        newer: set[str] = set()
        while len(made) < count:
            stix_id = f"{_KINDS[order.version_id % 10]}--{uuid.UUID(int=rng.getrandbits(128), version=4)}"
            class_id = _class_of(rng, class_ids)
            made.append(_version(rng, order, stix_id, class_id, now))
            if rng.random() < 0.01 and len(made) < count:
                made.append(_version(rng, order, stix_id, class_id, now))
                newer.add(stix_id)
        objects.add_versions(connection, made, "00000000-0000-4000-8000-000000000001", now)
        heads = {one.checked.facts.stix_id: one.version_id for one in made}
        objects.set_heads(connection, "owner", list(heads.items()), set())
        objects.mark_superseded(connection, "owner", newer)
        posted = [one for one in made if one.version_id % 10 == 0]
        rows = [{"feed": GROUP, "version_id": one.version_id, "generation": 0} for one in posted]
        places = [order.next_position(now) for _ in posted]
        connection.execute(
            insert(group_posting),
            [row | {"position": position, "added_at": at} for row, (position, at) in zip(rows, places, strict=True)],
        )
        save_order(connection, order)
    return list(heads)


def _version(rng: random.Random, order: Order, stix_id: str, class_id: int, now: datetime) -> NewVersion:
    position, added_at = order.next_position(now)
    version_id = order.next_version_id()
    version = f"{_START + timedelta(milliseconds=version_id * 37):%Y-%m-%dT%H:%M:%S.%f}"[:23] + "Z"
    kind = stix_id.partition("--")[0]
    value = {"type": kind, "spec_version": "2.1", "id": stix_id, "created": version, "modified": version}
    value |= {"name": " ".join(rng.choices(_WORDS, k=6)), "description": " ".join(rng.choices(_WORDS, k=120))}
    content = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    digest = hashlib.sha256(content).digest()
    facts = ObjectFacts(
        stix_id=stix_id,
        type=kind,
        spec_version="2.1",
        version=version,
        version_key=timestamp_key(version),
        created_by_ref=None,
        references=frozenset(),
        marking_refs=frozenset(),
        context=ObjectContext(),
        sensitivity_floor=Sensitivity.AGGREGATE,
        names_person=False,
        profile=Profile.OCSEA,
        created_key=None,
        is_revoked=False,
        defines=None,
        facets=frozenset({("harm", RARE_HARM if rng.random() < 0.01 else str(Harm.CSAM))}),
        confidence=None,
        valid_from=None,
        valid_until=None,
    )
    parsed = ParsedObject("/objects/0", {}, content)
    return NewVersion(
        version_id=version_id,
        checked=CheckedObject(VerifiedObject(parsed, "owner", "k" * 64, digest, Assurance.PUBLISHER_SIGNED), facts),
        version=version,
        version_key=timestamp_key(version) or "",
        class_id=class_id,
        position=position,
        added_at=added_at,
        visible_until=FOREVER,
        release_at=None,
        content_digest=digest,
        log_index=order.next_log_index(),
        leaf_kind="object",
        leaf_salt=digest,
        leaf_hash=digest,
    )


def _settle(exchange: Exchange) -> None:
    """Let the database do what it does by itself in time: PostgreSQL's vacuum and statistics, SQLite's ANALYZE."""
    engine = exchange.database.engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if exchange.database.is_sqlite else "VACUUM ANALYZE")


def _reader(exchange: Exchange, one: object, class_ids: list[int], channel: Channel = Channel.TAXII) -> Reader:
    made = partner(**{name: getattr(one, name) for name in ("partner_id", "name", "identity_id")})
    held = policy_values.credential(partner_id=made.partner_id, tlp_ceiling=Tlp.RED)
    reader = Reader(Principal(held, made, None), made, Purpose.DETECTION, channel)
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        viewpoint = viewpoints.find_viewpoint(connection, reader.key) or viewpoints.add_viewpoint(connection, reader.key, _START)
        epoch = viewpoints.standing_for(connection, made.partner_id).epoch
        evaluation = Evaluation(dict.fromkeys(class_ids, 0), class_ids, epoch, 1, order.class_id, FOREVER)
        viewpoints.record_evaluation(connection, viewpoint.viewpoint_id, evaluation)
    return reader
