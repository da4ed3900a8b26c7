"""How long it takes to decide handling classes for one viewpoint: the rule alone, and with its rows read and written.

5,000 is what an exchange without references comes to; 200,000 what a simulation with references reached, so memory is measured
too. The time of its own is that of the process: on a busy machine it says more than the clock.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from app.crypto.seal import CursorSealer
from app.domain.agreement import Agreement
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
from tests.benchmarks.figures import Figure, rate_of, resident_megabytes
from tests.factories.exchange_keys import new_exchange_keys
from tests.factories.policy_values import agreement, audience, partner, publisher, read_terms, viewer
from tests.factories.policy_values import handling as a_handling

CLASSES = 5_000
MANY = 200_000


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


def _with_references(count: int) -> list[HandlingClass]:
    """Give classes of two to four handlings out of 2,000, as references make them: their number grows by what comes together."""
    rng = random.Random(5)
    stated = [handled for one in _classes(2_000) for handled in one.handlings]
    made: set[HandlingClass] = set()
    while len(made) < count:
        first = rng.choice(stated)
        made.add(HandlingClass(first.publisher.partner_id, frozenset((first, *rng.sample(stated, rng.randint(1, 3))))))
    return list(made)


def figures(database_name: str, url: str) -> Iterator[Figure]:
    """Measure 5,000 classes on a fresh database at ``url``."""
    yield from _figures(database_name, url, _classes(CLASSES))


def figures_of_many(database_name: str, url: str) -> Iterator[Figure]:
    """Measure 200,000 classes, with the memory that they take, on a fresh database at ``url``."""
    yield from _figures(database_name, url, _with_references(MANY))


def _figures(database_name: str, url: str, classes: list[HandlingClass]) -> Iterator[Figure]:
    count, now = len(classes), datetime.now(UTC)
    terms = agreement(read=read_terms(harm_types=frozenset(Harm)), starts_at=now, ends_at=None)
    reader = viewer(agreement=terms)
    decide = rate_of(
        lambda: [why_hidden(reader, one, Purpose.DETECTION, Channel.REST, now) for one in classes], each=count, seconds=2
    )
    exchange = _filled(url, classes[1:], terms, now)
    key = ViewpointKey(reader.partner_id, Purpose.DETECTION, Channel.REST, Tlp.RED)
    name = f"visible set over {count:,} classes, {database_name}"
    before = resident_megabytes()
    yield _figure(f"{name}: first", count, _evaluated(exchange, key, now), decide)
    yield Figure(f"{name}: memory of the process after it, MB more", resident_megabytes() - before, "MB", "before", before)
    for turn, times in (("after a policy change", 1), ("after the next ones", 3)):
        taken = min(_after_a_change(exchange, key, now) for _ in range(times))
        yield _figure(f"{name}: {turn}", count, taken, decide)
    with exchange.database.write() as connection:
        order = take_order_lock(connection)
        handling.ensure_classes(connection, order, classes[:1])
        save_order(connection, order)
    yield _figure(f"{name}: one class more", 1, _evaluated(exchange, key, now), decide)
    exchange.database.dispose()


def _figure(job: str, count: int, taken: tuple[float, float], decide: float) -> Figure:
    seconds, of_its_own = taken
    times = f"{seconds * 1000:,.1f} ms, {of_its_own * 1000:,.1f} ms of its own"
    return Figure(f"{job} ({times})", count / seconds, "classes/s", "the rule alone", decide)


def _filled(url: str, classes: list[HandlingClass], terms: Agreement, now: datetime) -> Exchange:
    """Give an exchange of two partners that has these classes."""
    migrate(url)
    exchange = Exchange(Database(url), new_exchange_keys(), CursorSealer([b"\0" * 64]))
    start_exchange(exchange, "operator")
    owner = replace(partner(), partner_id=publisher().partner_id, name="owner", identity_id="identity--1")
    with exchange.database.write() as connection:
        members.add_partner(connection, partner(state=PartnerState.ACTIVE))
        members.add_partner(connection, owner)
        for one in {each for cls in classes for handled in cls.handlings for each in handled.audiences}:
            handling.add_audience(connection, one, envelope="{}", now=now)
        agreements.add_agreement(connection, terms)
        order = take_order_lock(connection)
        handling.ensure_classes(connection, order, classes)
        save_order(connection, order)
    return exchange


def _after_a_change(exchange: Exchange, key: ViewpointKey, now: datetime) -> tuple[float, float]:
    with exchange.database.write() as connection:
        take_order_lock(connection)
        viewpoints.start_epoch(connection, key.partner_id, "benchmark", now)
    return _evaluated(exchange, key, now)


def _evaluated(exchange: Exchange, key: ViewpointKey, now: datetime) -> tuple[float, float]:
    """Give the seconds that one evaluation takes, with its rows read and written: by the clock, and of the process."""
    start, own = time.perf_counter(), time.process_time()
    with exchange.database.write() as connection:
        evaluate(connection, key, now)
    return time.perf_counter() - start, time.process_time() - own
