from __future__ import annotations

from app.domain.vocabulary import Harm
from app.storage import contents
from app.storage.contents import Content
from app.storage.session import Database
from tests.storage import samples

A = Harm.CSAM


def test_contents_are_the_stored_bytes_however_many_are_asked_for(exchange: Database) -> None:
    stored = [samples.checked(), samples.checked()]
    ids = samples.publish(exchange, [A], *stored)
    with exchange.read() as connection:
        assert contents.contents(connection, [], 1) == {}
        found = contents.contents(connection, range(70_000), 10**9)
    assert found == {version_id: Content(one.verified.parsed.content, None) for version_id, one in zip(ids, stored, strict=True)}


def test_no_more_is_read_than_passes_a_bound_from_the_end_that_comes_first(exchange: Database) -> None:
    ids = samples.publish(exchange, [A], *(samples.checked() for _ in range(4)))
    with exchange.read() as connection:
        length = max(len(one.body) for one in contents.contents(connection, ids, 10**9).values())
        assert contents.contents(connection, ids, length).keys() == set(ids[:2])
        assert contents.contents(connection, ids[::-1], length).keys() == set(ids[2:])
        assert contents.contents(connection, ids[:1], 0).keys() == {ids[0]}


def test_names_are_those_of_the_rows_and_nobody_attests_what_is_signed(exchange: Database) -> None:
    one = samples.checked()
    (version_id,) = samples.publish(exchange, [A], one)
    with exchange.read() as connection:
        assert contents.names(connection, [version_id, version_id + 1]) == {version_id: (one.facts.stix_id, one.facts.version)}
        assert contents.attestations(connection, [version_id]) == []
