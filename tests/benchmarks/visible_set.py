"""How long it takes to decide 5,000 handling classes for one viewpoint: the rule alone, and with its rows read and written."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from app.crypto.seal import CursorSealer
from app.domain.handling import HandlingClass
from app.domain.vocabulary import Channel, Harm, PartnerState, Purpose, Review, Sensitivity, Tlp
from app.policy.visibility import why_hidden
from app.services.exchange import Exchange
from app.services.reading.visible_set import evaluate
from app.services.start_exchange import start_exchange
from app.storage import agreements, handling, members, viewpoints
from app.storage.counter import save_order, take_order_lock
from app.storage.schema import migrate
from app.storage.session import Database
from app.storage.viewpoints import ViewpointKey
from tests.benchmarks.figures import Figure, rate_of
from tests.factories.exchange_keys import new_exchange_keys
from tests.factories.policy_values import agreement, audience, partner, publisher, read_terms, viewer
from tests.factories.policy_values import handling as a_handling

CLASSES = 5_000


def _classes(count: int) -> list[HandlingClass]:
    rng = random.Random(3)
    audiences = [audience(audience_id=f"audience-{number}") for number in range(50)]
    made: set[HandlingClass] = set()
    while len(made) < count:
        stated = a_handling(
            tlp=rng.choice([Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT]),
            sensitivity=rng.choice(list(Sensitivity)),
            harm_types=frozenset(rng.sample(list(Harm), 2)),
            audiences=frozenset(rng.sample(audiences, 1)),
            review=rng.choice(list(Review)),
        )
        made.add(HandlingClass(stated.publisher.partner_id, frozenset({stated})))
    return list(made)


def figures(database_name: str, url: str) -> Iterator[Figure]:
    """Measure on a fresh database at ``url``."""
    classes = _classes(CLASSES)
    now = datetime.now(UTC)
    terms = agreement(read=read_terms(harm_types=frozenset(Harm)), starts_at=now, ends_at=None)
    reader = viewer(agreement=terms)
    decide = rate_of(
        lambda: [why_hidden(reader, one, Purpose.DETECTION, Channel.REST, now) for one in classes], each=CLASSES, seconds=2
    )
    migrate(url)
    exchange = Exchange(Database(url), new_exchange_keys(), CursorSealer([b"\0" * 64]))
    start_exchange(exchange, "operator")
    key = ViewpointKey(reader.partner_id, Purpose.DETECTION, Channel.REST, Tlp.RED)
    owner = publisher()
    with exchange.database.write() as connection:
        members.add_partner(connection, partner(state=PartnerState.ACTIVE))
        members.add_partner(connection, replace(partner(), partner_id=owner.partner_id, name="owner", identity_id="identity--1"))
        for one in {each for cls in classes for handled in cls.handlings for each in handled.audiences}:
            handling.add_audience(connection, one, envelope="{}", now=now)
        agreements.add_agreement(connection, terms)
        order = take_order_lock(connection)
        handling.ensure_classes(connection, order, classes)
        save_order(connection, order)
    start = time.perf_counter()
    with exchange.database.write() as connection:
        evaluate(connection, key, now)
    first = time.perf_counter() - start
    with exchange.database.write() as connection:
        take_order_lock(connection)
        viewpoints.start_epoch(connection, reader.partner_id, "benchmark", now)
    start = time.perf_counter()
    with exchange.database.write() as connection:
        evaluate(connection, key, now)
    again = time.perf_counter() - start
    exchange.database.dispose()
    name = f"visible set over {CLASSES:,} classes, {database_name}"
    yield Figure(f"{name}: first ({first * 1000:.0f} ms)", CLASSES / first, "classes/s", "the rule alone", decide)
    yield Figure(f"{name}: after a policy change ({again * 1000:.0f} ms)", CLASSES / again, "classes/s", "the rule alone", decide)
