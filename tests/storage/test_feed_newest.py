"""The newest of a feed are the same whichever way is taken: by words, facet, type, by what is seen, or in order."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from app.domain.vocabulary import Harm
from app.storage import feed
from app.storage.feed import Entry, Filters, Window
from app.storage.feed_statements import Form, sizes
from app.storage.filters import Shape, parameters
from app.storage.session import Database
from app.storage.viewpoints import Viewpoint
from tests.factories.policy_values import NOW
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OWNER

TYPES, HARMS, PHASES = ("indicator", "malware", "sighting"), ("csam", "grooming", "sextortion"), ("contact", "isolation")
WORDS = ("stream", "room", "invite")
SEEN, UNSEEN, GAINED = Harm.CSAM, Harm.LIVE_STREAMED_CSA, Harm.TRAFFICKING_RELATED
ALL = 1_000


@dataclass(frozen=True)
class Said:
    """What the test knows of a version."""

    type: str
    owner_id: str
    facets: frozenset[tuple[str, str]]
    words: frozenset[str]

    def fits(self, filters: Filters, word: str | None) -> bool:
        return (
            (not filters.types or self.type in filters.types)
            and (not filters.owner_ids or self.owner_id in filters.owner_ids)
            and all(any((kind, value) in self.facets for value in values) for kind, values in filters.facets)
            and (word is None or word in self.words)
        )


@dataclass(frozen=True)
class Stored:
    """What is stored, and the viewpoint that sees some of it, some by entries of its own."""

    database: Database
    viewpoint: Viewpoint
    known: Mapping[int, Said]
    everything: Sequence[Entry]

    def newest(self, filters: Filters, limit: int) -> list[int]:
        with self.database.read() as connection:
            return [one.version_id for one in feed.newest(connection, self.viewpoint, Window(0, limit, NOW), filters)]

    def expected(self, filters: Filters, word: str | None, limit: int) -> list[int]:
        """Filter here what the whole feed holds: who sees what is proved elsewhere."""
        return [one.version_id for one in reversed(self.everything) if self.known[one.version_id].fits(filters, word)][:limit]


@pytest.fixture
def stored(exchange: Database) -> Stored:
    """A hundred and fifty objects of two owners, of which the reader sees two thirds, some of them gained late."""
    chance = random.Random(7)  # a corpus, no secret
    known: dict[int, Said] = {}
    for _ in range(30):
        harm = chance.choice([SEEN, SEEN, UNSEEN, GAINED])
        owner_id = chance.choice([OWNER, OWNER, OTHER_OWNER])
        said = [
            Said(
                chance.choices(TYPES, weights=[6, 1, 2])[0],
                owner_id,
                frozenset({("harm", chance.choices(HARMS, weights=[8, 2, 1])[0]), ("phase", chance.choice(PHASES))}),
                frozenset(chance.sample(WORDS, k=chance.randrange(3))),
            )
            for _ in range(5)
        ]
        made = [
            samples.checked(samples.new_id(one.type), owner_id=owner_id, facets=one.facets, words=" ".join(sorted(one.words)))
            for one in said
        ]
        known |= dict(zip(samples.publish(exchange, [harm], *made), said, strict=True))
    with exchange.read() as connection:
        rows = connection.exec_driver_sql("SELECT class_id, document FROM handling_class").all()
    seen = {class_id: 0 for class_id, document in rows if f'"{SEEN}"' in document}
    gained = {class_id: 150 for class_id, document in rows if f'"{GAINED}"' in document}
    viewpoint = samples.evaluated(exchange, samples.look(exchange), seen | gained)
    viewpoint = samples.back_filled(exchange, viewpoint, limit=20)
    with exchange.read() as connection:
        everything = feed.page(connection, viewpoint, Window(0, ALL, NOW), Filters())
    return Stored(exchange, viewpoint, known, everything)


def _questions(seed: int) -> tuple[Filters, str | None]:
    chance = random.Random(seed)  # questions, no secrets
    word = chance.choice([None, None, *WORDS])
    kinds = chance.sample([("harm", HARMS), ("phase", PHASES)], k=chance.randrange(3))
    filters = Filters(
        types=frozenset(chance.sample([*TYPES, "report"], k=chance.choice([0, 1, 2]))),
        owner_ids=frozenset(chance.sample([OWNER, OTHER_OWNER], k=chance.choice([0, 0, 1]))),
        facets=tuple((kind, frozenset(chance.sample(values, k=chance.choice([1, 2])))) for kind, values in kinds),
        words=None if word is None else f'[{{"any":[[["{word}"],false]],"not":false}}]',
    )
    return filters, word


@pytest.mark.parametrize(("many", "far"), [(0, 0), (0, 5_000), (40, 0), (40, 20), (4_000, 0)])
def test_the_newest_are_the_same_whichever_way_is_taken(
    stored: Stored, monkeypatch: pytest.MonkeyPatch, many: int, far: int
) -> None:
    monkeypatch.setattr(feed, "_MANY", many)
    monkeypatch.setattr(feed, "_FAR", far)
    monkeypatch.setattr(feed, "_STRETCH", 20)
    found = 0
    for seed in range(40):
        filters, word = _questions(seed)
        for limit in (3, ALL):
            newest = stored.newest(filters, limit)
            assert newest == stored.expected(filters, word, limit), (filters, word, limit)
            found += len(newest)
    assert found > 300, "the questions must find something"


def test_what_there_is_to_go_by_is_counted_up_to_a_bound(stored: Stored) -> None:
    filters = Filters(types=frozenset({"malware"}), facets=(("harm", frozenset({"csam"})), ("phase", frozenset({"none"}))))
    form = Form(Shape.of(filters))
    asked = {**parameters(filters), "viewpoint": stored.viewpoint.viewpoint_id, "after": 0, "upto": 10_000}
    with stored.database.read() as connection:
        [row] = sizes(form).rows(connection, **asked, most=7)
        [whole] = sizes(form).rows(connection, **asked, most=ALL)
    counted = {
        "types": sum(one.type == "malware" for one in stored.known.values()),
        "facet_0": sum(("harm", "csam") in one.facets for one in stored.known.values()),
        "facet_1": 0,
    }
    assert {name: count for name, count in whole._asdict().items() if name != "classes"} == counted
    assert row._asdict() == {"classes": 7, "types": 7, "facet_0": 7, "facet_1": 0}
