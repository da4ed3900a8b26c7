from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.domain.errors import MalformedInputError
from app.domain.search_query import SearchQuery, Term, read_query
from app.domain.vocabulary import Harm
from app.domain.words import GAP, MOST_REPEATS, MOST_WORDS, kept_words
from app.storage import erasures, feed, words
from app.storage.feed import Entry, Filters, Window
from app.storage.session import Database
from app.storage.tables import object_text
from app.storage.viewpoints import Viewpoint
from tests.factories.policy_values import NOW
from tests.storage import samples

A, B = Harm.CSAM, Harm.LIVE_STREAMED_CSA
VOCABULARY = ("stream", "streams", "streaming", "live", "room", "rooms", "op", "012", "013", "café", "über", "a", "ab", "日本")


def _corpus(seed: int, size: int) -> list[str]:
    chance = random.Random(seed)  # a corpus, no secret
    return [
        kept_words([" ".join(chance.choices(VOCABULARY, k=chance.randrange(0, 9))) for _ in range(chance.randrange(0, 3))])
        for _ in range(size)
    ]


@pytest.fixture
def written(exchange: Database) -> tuple[Database, Viewpoint, dict[int, str]]:
    """A hundred objects with words in class 1, of which all is seen, and what each of them says."""
    corpus = _corpus(1, 100)
    stored = samples.publish(exchange, [A], *(samples.checked(words=one) for one in corpus))
    viewpoint = samples.evaluated(exchange, samples.look(exchange), {1: 0})
    return exchange, viewpoint, dict(zip(stored, corpus, strict=True))


def _found(database: Database, viewpoint: Viewpoint, query: SearchQuery, **window: Any) -> list[Entry]:
    filters = Filters(words=query.expression(lambda _term: []))
    with database.read() as connection:
        return feed.newest(connection, viewpoint, Window(**{"after": 0, "limit": 1_000, "now": NOW} | window), filters)


def _says(kept: str, query: SearchQuery) -> bool:
    texts = kept.split(" ")
    return all(term.fits(texts) is not term.is_excluded for term in query.terms)


TERMS = st.builds(
    Term,
    words=st.lists(st.sampled_from(VOCABULARY).flatmap(lambda one: st.just(kept_words([one]))), min_size=1, max_size=3).map(
        tuple
    ),
    is_beginning=st.booleans(),
    is_excluded=st.booleans(),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(terms=st.lists(TERMS, min_size=1, max_size=4).filter(lambda some: not all(one.is_excluded for one in some)))
def test_each_database_finds_what_a_look_at_every_word_finds(
    written: tuple[Database, Viewpoint, dict[int, str]], terms: list[Term]
) -> None:
    database, viewpoint, said = written
    query = SearchQuery(tuple(terms))
    found = [entry.version_id for entry in _found(database, viewpoint, query)]
    assert found == sorted((one for one, kept in said.items() if _says(kept, query)), reverse=True)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=60) | st.text(alphabet="ab\"*-():^+{}[]|&!<>\\'` NEAROTD\x00,.", max_size=40))
def test_whatever_is_typed_is_refused_or_found_and_never_a_fault(
    written: tuple[Database, Viewpoint, dict[int, str]], typed: str
) -> None:
    database, viewpoint, said = written
    try:
        query = read_query(typed)
    except MalformedInputError:
        return
    found = {entry.version_id for entry in _found(database, viewpoint, query)}
    assert found == {one for one, kept in said.items() if _says(kept, query)}


def test_what_is_hidden_is_not_found(exchange: Database) -> None:
    samples.publish(exchange, [A], samples.checked(words="live room"))
    samples.publish(exchange, [B], samples.checked(words="live room"))
    viewpoint = samples.evaluated(exchange, samples.look(exchange), {2: 0})
    assert [entry.version_id for entry in _found(exchange, viewpoint, read_query("live"))] == [2]


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_pages_from_the_newest_on_have_each_once(written: tuple[Database, Viewpoint, dict[int, str]], limit: int) -> None:
    database, viewpoint, said = written
    query = read_query("live")
    seen: list[int] = []
    head: int | None = None
    while page := _found(database, viewpoint, query, limit=limit, head=head):
        seen += [entry.version_id for entry in page]
        head = page[-1].position - 1
    assert seen == sorted((one for one, kept in said.items() if _says(kept, query)), reverse=True)
    assert len(seen) > 7  # else it shows nothing


def test_the_newest_without_words_are_the_feed_backwards(written: tuple[Database, Viewpoint, dict[int, str]]) -> None:
    database, viewpoint, said = written
    with database.read() as connection:
        found = feed.newest(connection, viewpoint, Window(0, 30, NOW), Filters(types=frozenset({"indicator"})))
        forth = feed.page(connection, viewpoint, Window(0, 1_000, NOW), Filters(types=frozenset({"indicator"})))
    assert len(said) == len(forth)
    assert found == forth[::-1][:30]


def test_a_rare_word_far_back_is_found_by_its_words(exchange: Database) -> None:
    (first,) = samples.publish(exchange, [A], samples.checked(words="needle"))
    samples.publish(exchange, [A], *(samples.checked(words="hay") for _ in range(50)))
    viewpoint = samples.evaluated(exchange, samples.look(exchange), {1: 0})
    assert [entry.version_id for entry in _found(exchange, viewpoint, read_query("needle"), limit=2)] == [first]


def test_entries_of_its_own_take_their_places_among_what_is_found(exchange: Database) -> None:
    samples.publish(exchange, [A], samples.checked(words="live"))
    samples.publish(exchange, [B], samples.checked(words="live"))
    viewpoint = samples.evaluated(exchange, samples.look(exchange), {2: 0})
    viewpoint = samples.evaluated(exchange, viewpoint, {1: 2})
    samples.back_filled(exchange, viewpoint)
    with exchange.read() as connection:
        viewpoint = samples.viewpoints.viewpoint_by_id(connection, viewpoint.viewpoint_id)
    assert [entry.version_id for entry in _found(exchange, viewpoint, read_query("live"))] == [1, 2]


def test_a_word_that_is_repeated_and_a_long_text_are_kept_as_both_databases_can(exchange: Database) -> None:
    repeated = kept_words(["again " * (MOST_REPEATS + 100) + "end"])
    long = kept_words([" ".join(f"w{number}" for number in range(MOST_WORDS + 5))])
    samples.publish(exchange, [A], samples.checked(words=repeated), samples.checked(words=long))
    viewpoint = samples.evaluated(exchange, samples.look(exchange), {1: 0})
    assert len(_found(exchange, viewpoint, read_query('"again end"'))) == 1
    assert len(_found(exchange, viewpoint, read_query(f"w{MOST_WORDS - 1}"))) == 1
    assert not _found(exchange, viewpoint, read_query(f"w{MOST_WORDS}"))


def test_what_is_erased_says_nothing_any_more_and_is_purged(exchange: Database) -> None:
    said = kept_words(["unmistakable"])
    (one, other) = samples.publish(exchange, [A], samples.checked(words=said), samples.checked(words=said + f" {GAP} rest"))
    with exchange.write() as connection:
        erasures.drop_contents(connection, [one])
        assert connection.execute(select(object_text.c.version_id)).scalars().all() == [other]
        assert words.purge(connection) is (connection.dialect.name == "sqlite")
        assert words.purge(connection) is False


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_word_that_was_erased_is_in_no_page_of_the_file(exchange: Database) -> None:
    (one,) = samples.publish(exchange, [A], samples.checked(words="unmistakable"))
    samples.publish(exchange, [A], samples.checked(words="rest"))
    with exchange.write() as connection:
        erasures.drop_contents(connection, [one])
        words.purge(connection)
    exchange.empty_log()
    with open(str(exchange.engine.url.database), "rb") as file:  # noqa: PTH123  # as bytes
        content = file.read()
    assert b"mistakabl" not in content
    assert b"rest" in content


def test_what_was_stored_before_is_looked_through_from_above(exchange: Database) -> None:
    stored = samples.publish(exchange, [A], *(samples.checked() for _ in range(5)))
    with exchange.write() as connection:
        assert words.still_below(connection) == 0
        words.begin_anew(connection)
        below = words.still_below(connection, held=True)
        assert [version_id for version_id, _ in words.contents_below(connection, below, 3)] == stored[:1:-1]
        words.replace_words(connection, [(stored[4], "one"), (stored[3], "")])
        words.replace_words(connection, [(stored[4], "two")])
        words.go_down_to(connection, stored[2])
    with exchange.read() as connection:
        assert words.still_below(connection) == stored[2]
        assert connection.execute(select(object_text.c.version_id)).scalars().all() == [stored[4]]


def test_each_side_spells_an_expression_in_its_own_language() -> None:
    expression = read_query('live "short room"* -gone').expression(lambda term: ["OP-012"] if "live" in term.words else [])
    assert words.in_postgres(expression) == ("(('live') | ('op' <-> '012')) & (('short' <-> 'room':*)) & !(('gone'))")
    assert words.in_fts5(expression) == '(("live" OR "op 012") AND ("short room" *)) NOT (("gone"))'
