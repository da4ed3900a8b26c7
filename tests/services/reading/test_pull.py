from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.crypto.seal import CursorSealer
from app.domain.errors import BreakwaterError, Code, MalformedInputError, NotFoundError, UnavailableError
from app.domain.vocabulary import Channel, Harm, Purpose, Role, Tlp
from app.services.reading import bodies
from app.services.reading.pull import (
    Filters,
    PageRequest,
    Place,
    Versions,
    has_object,
    list_versions,
    pull_manifest,
    pull_page,
    pull_version,
)
from app.storage.disclosures import decode_versions
from breakwater_client.trust.canonical import canonical_bytes
from tests.factories.members import Hub, Member, started_hub
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import context, indicator, marking, newer, report, stix_id, user_account

on_sqlite = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
"""For what the services alone decide."""

LATER = "2026-01-06T10:00:00.000Z"
MALFORMED = ("nonsense", "", "indicator--", "x" * 4000, "indicator--\x01")


@pytest.fixture
def publisher(hub: Hub) -> Member:
    return hub.enrol("Platform A")


@pytest.fixture
def other(hub: Hub) -> Member:
    return hub.enrol("Platform B", jurisdiction="GB")


def _ids(member: Member, **page: Any) -> list[str]:
    return [one for one, _ in member.sees(**page)]


# --- pages ----------------------------------------------------------------------------------------------------------------------


def test_pages_bring_the_canonical_bytes_in_order_and_say_whether_there_is_more(publisher: Member, other: Member) -> None:
    values = [publisher.sign(indicator(name=f"Räume {number}")) for number in range(5)]
    publisher.submit(*values, sign=False)
    first = other.page(limit=2)
    second = other.page(first.next, limit=2)
    third = other.page(second.next, limit=2)
    assert [*first.objects, *second.objects, *third.objects] == list(map(canonical_bytes, values))
    assert [len(page.objects) for page in (first, second, third)] == [2, 2, 1]
    assert [page.more for page in (first, second, third)] == [True, True, False]


@on_sqlite
def test_a_page_that_is_just_full_has_no_more(publisher: Member, other: Member) -> None:
    publisher.store(indicator(), indicator())
    assert other.page(limit=2).more is False


def test_dates_are_those_of_the_first_and_the_last_object(publisher: Member, other: Member) -> None:
    publisher.store(*(indicator() for _ in range(4)))
    page = other.page(limit=3)
    assert page.first_added is not None
    assert page.last_added == page.first_added + timedelta(microseconds=2)
    assert len(other.page(added_after=page.last_added).objects) == 1
    assert len(other.page(added_before=page.last_added).objects) == 2


def test_after_the_last_page_the_cursor_waits_for_what_comes_later(publisher: Member, other: Member) -> None:
    first, second = indicator(), indicator()
    publisher.store(first)
    _, cursor = other.pull()
    empty = other.page(cursor)
    assert (empty.objects, empty.more, empty.next, empty.first_added, empty.last_added) == ([], False, cursor, None, None)
    publisher.store(second)
    assert [one["id"] for one in other.pull(empty.next)[0]] == [second["id"]]


@on_sqlite
def test_a_page_ends_with_the_object_that_makes_it_long_and_the_next_goes_on_behind_it(
    publisher: Member, other: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = [publisher.sign(indicator(description="A room. " * size)) for size in (200, 200, 900, 200, 200)]
    publisher.submit(*values, sign=False)
    written = list(map(canonical_bytes, values))
    monkeypatch.setattr(bodies, "MAX_PAGE_BYTES", len(written[0]) + len(written[1]))
    first = other.page(limit=4)
    assert (list(first.objects), first.more) == (written[:3], True)
    assert [set(decode_versions(bytes(row.versions))) for row in _ledger(publisher.hub)] == [{1, 2, 3}]
    assert first.last_added == other.page(limit=3).last_added
    second = other.page(first.next, limit=4)
    assert (list(second.objects), second.more) == (written[3:], False)
    monkeypatch.setattr(bodies, "MAX_PAGE_BYTES", 0)
    assert [list(other.page(limit=4).objects), other.page(limit=4).more] == [written[:1], True], "at least one"


@on_sqlite
def test_a_cursor_does_not_move_with_what_its_reader_cannot_see(publisher: Member, other: Member) -> None:
    publisher.store(indicator())
    _, cursor = other.pull()
    start = other.page(types=frozenset({"report"})).next
    publisher.store(indicator(object_marking_refs=[publisher.mark(publisher.add_audience())]))
    assert other.page(cursor).next == cursor
    assert other.page(types=frozenset({"report"})).next == start


@on_sqlite
def test_a_cursor_is_good_for_its_reader_and_its_filters_alone(hub: Hub, publisher: Member, other: Member) -> None:
    publisher.store(indicator(), indicator(), indicator())
    cursor = other.page(limit=1).next
    low = replace(other.reader(), principal=other.principal_with(tlp_ceiling=Tlp.AMBER))
    for request in (
        {"of": publisher.reader()},
        {"of": other.reader(Purpose.AUDIT)},
        {"of": other.reader(channel=Channel.REST)},
        {"of": low},
        {"types": frozenset({"indicator"})},
        {"minimum_confidence": 0},
        {"facets": (("harm", frozenset({"csam"})),)},
        {"added_after": NOW},
    ):
        with pytest.raises(MalformedInputError) as caught:
            other.page(cursor, **request)
        assert caught.value.code is Code.CURSOR_INVALID
    assert len(other.page(cursor, limit=1).objects) == 1
    another_token = replace(other.reader(), principal=other.principal_with())
    assert len(other.page(cursor, of=another_token).objects) == 2
    elsewhere = replace(hub.exchange, sealer=CursorSealer([bytes(64)]))
    with pytest.raises(MalformedInputError):
        Member(Hub(elsewhere, hub.clock, hub.first_operator), other.partner, other.token).page(cursor)


@on_sqlite
@pytest.mark.parametrize("cursor", ["", "AAAA", "not a cursor", "A" * 600])
def test_what_is_no_cursor_is_refused(other: Member, cursor: str) -> None:
    with pytest.raises(MalformedInputError) as caught:
        other.page(cursor)
    assert caught.value.code is Code.CURSOR_INVALID


@on_sqlite
def test_equal_filters_have_equal_cursors(publisher: Member, other: Member) -> None:
    publisher.store(indicator(), indicator())
    facets = [("harm", frozenset({"csam", "live-streamed-csa"})), ("surface", frozenset({"live-stream"}))]
    cursor = other.page(limit=1, facets=tuple(facets)).next
    assert len(other.page(cursor, facets=tuple(reversed(facets))).objects) == 1


def test_filters_narrow_and_are_combined(publisher: Member, other: Member) -> None:
    one, two = indicator(confidence=80), indicator(confidence=20, stated=context(harm_types=["csam"]))
    three = report([one["id"]])
    publisher.store(one, two, three)
    other.store(indicator())
    for filters, expected in (
        ({"types": frozenset({"report"})}, [three]),
        ({"stix_ids": frozenset({one["id"], three["id"]})}, [one, three]),
        ({"owner_ids": frozenset({publisher.id})}, [one, two, three]),
        ({"minimum_confidence": 50}, [one]),
        ({"facets": (("harm", frozenset({"csam"})),)}, [two]),
        ({"types": frozenset({"indicator"}), "facets": (("harm", frozenset({"csam"})),)}, [two]),
        ({"types": frozenset({"report"}), "minimum_confidence": 0}, []),
    ):
        assert _ids(other, **filters) == [value["id"] for value in expected], filters


# --- who sees what --------------------------------------------------------------------------------------------------------------


@on_sqlite
def test_ones_own_objects_come_whatever_the_agreement_says(publisher: Member) -> None:
    value = indicator(object_marking_refs=[publisher.mark(publisher.add_audience(), tlp="red")])
    publisher.store(value)
    publisher.agree(purposes=frozenset(), channels=frozenset())
    assert value["id"] in _ids(publisher, of=publisher.reader(Purpose.AUDIT, Channel.REST))
    low = replace(publisher.reader(), principal=publisher.principal_with(tlp_ceiling=Tlp.AMBER))
    assert value["id"] not in _ids(publisher, of=low)


@on_sqlite
def test_each_voice_is_heard(hub: Hub, publisher: Member) -> None:
    value = indicator(object_marking_refs=[publisher.mark(tlp="amber", purposes=["detection"])])
    publisher.store(value)
    named = {
        "agreed": hub.enrol("Agreed"),
        "purposes": hub.enrol("B", purposes=frozenset({Purpose.INVESTIGATION})),
        "harms": hub.enrol("C", harm_types=frozenset({Harm.CSAM})),
        "tlp": hub.enrol("D", tlp_ceiling=Tlp.GREEN),
        "role": hub.enrol("E", Role.RESEARCHER),
        "publishers": hub.enrol("F", publisher_jurisdictions=frozenset({"US"})),
        "channel": hub.enrol("G", channels=frozenset({Channel.REST})),
    }
    assert [name for name, member in named.items() if value["id"] in _ids(member)] == ["agreed"]
    agreed = named["agreed"]
    assert value["id"] not in _ids(agreed, of=agreed.reader(Purpose.INVESTIGATION))


@on_sqlite
def test_red_comes_by_no_token(publisher: Member, other: Member) -> None:
    value = indicator(object_marking_refs=[publisher.mark(tlp="red")])
    publisher.store(value)
    by_channel = {channel: value["id"] in _ids(other, of=other.reader(channel=channel)) for channel in Channel}
    assert by_channel == {channel: channel is Channel.PORTAL for channel in Channel}


def test_an_embargoed_object_is_found_by_its_owner_alone_and_comes_when_it_is_released(
    hub: Hub, publisher: Member, other: Member
) -> None:
    own = publisher.mark(release_at="2026-03-02T12:00:00Z")
    first, second = indicator(object_marking_refs=[own]), indicator()
    publisher.store(first, second)
    _, cursor = other.pull()
    assert _ids(other) == _ids(publisher) == [second["id"]]
    assert [one["id"] for one in publisher.look_up(first["id"])] == [first["id"]]
    with pytest.raises(NotFoundError):
        other.look_up(first["id"])
    hub.clock.now = NOW + DAY - timedelta(microseconds=1)
    hub.work()
    assert other.pull(cursor)[0] == []
    hub.clock.now = NOW + DAY
    hub.work()
    assert [one["id"] for one in other.pull(cursor)[0]] == [own, first["id"]]
    assert other.page(cursor).first_added is not None
    assert (other.page(cursor).first_added or NOW) >= NOW + DAY
    assert _ids(other) == _ids(publisher) == [second["id"], own, first["id"]]


@on_sqlite
def test_what_expires_is_gone_for_everybody(hub: Hub, publisher: Member, other: Member) -> None:
    own = publisher.mark(expires_at="2026-03-02T12:00:00Z")
    value = indicator(object_marking_refs=[own])
    publisher.store(value)
    hub.clock.now = NOW + DAY - timedelta(microseconds=1)
    assert value["id"] in _ids(other)
    hub.clock.now = NOW + DAY
    for member in (other, publisher):
        assert value["id"] not in _ids(member)
        with pytest.raises(NotFoundError):
            member.look_up(value["id"])


# --- versions -------------------------------------------------------------------------------------------------------------------

LAST, FIRST = Versions(last=True), Versions(first=True)


def _versions(member: Member, versions: Versions | None) -> list[str | None]:
    return [modified for _, modified in member.sees(types=frozenset({"indicator"}), versions=versions)]


def test_of_an_object_the_last_the_first_or_named_versions_are_given(publisher: Member, other: Member) -> None:
    value = indicator()
    latest = "2026-01-07T00:00:00.000Z"
    publisher.store(newer(value))
    publisher.store(value, newer(value, latest))
    own = value["modified"]
    assert _versions(other, None) == [LATER, own, latest]
    assert _versions(other, LAST) == [latest]
    assert _versions(other, FIRST) == [own]
    assert _versions(other, Versions(first=True, last=True)) == [own, latest]
    assert _versions(other, Versions(keys=frozenset({LATER.removesuffix("Z").rstrip("0").rstrip(".")}))) == [LATER]
    assert _versions(other, Versions(last=True, keys=frozenset({"absent"}))) == [latest]
    assert _versions(other, Versions()) == []


@on_sqlite
def test_what_several_owners_state_under_one_id_is_several_objects(publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(newer(value))
    other.store(value)
    assert sorted(_versions(other, LAST), key=str) == [value["modified"], LATER]


def test_the_last_version_is_the_last_that_the_reader_sees(hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    publisher.store(newer(value, object_marking_refs=[publisher.mark(release_at="2026-03-02T12:00:00Z")]))
    assert _versions(other, LAST) == [value["modified"]]
    hub.clock.now = NOW + DAY
    hub.work()
    assert _versions(other, LAST) == [LATER]


def test_in_a_view_the_last_version_is_the_last_of_the_view(publisher: Member, other: Member) -> None:
    value = indicator(stated=context(harm_types=["csam"]))
    publisher.store(value, newer(value, extensions=context(harm_types=["live-streamed-csa"])))
    assert _versions(other, LAST) == [LATER]
    assert [one for _, one in other.sees(facets=(("harm", frozenset({"csam"})),), versions=LAST)] == [value["modified"]]


# --- manifests ------------------------------------------------------------------------------------------------------------------

THERE = Place(name="manifest of the exchange")


def _request(cursor: str | None = None, limit: int = 100, place: Place = THERE, **filters: Any) -> PageRequest:
    return PageRequest(Filters(**filters), cursor, limit, place)


def test_a_manifest_lists_what_a_page_brings_and_is_in_the_ledger(hub: Hub, publisher: Member, other: Member) -> None:
    values = [indicator() for _ in range(3)]
    publisher.store(*values)
    first = pull_manifest(hub.exchange, other.reader(), _request(limit=2))
    second = pull_manifest(hub.exchange, other.reader(), _request(first.next))
    page = other.page()
    entries = [*first.entries, *second.entries]
    assert [(one.stix_id, one.version) for one in entries] == [(one["id"], one["modified"]) for one in values]
    assert (entries[0].added_at, entries[-1].added_at) == (page.first_added, page.last_added)
    assert (first.first_added, second.last_added) == (page.first_added, page.last_added)
    assert (first.more, second.more) == (True, False)
    assert [set(decode_versions(bytes(row.versions))) for row in _ledger(hub)] == [{1, 2}, {3}, {1, 2, 3}]


@on_sqlite
def test_an_empty_manifest_goes_on_from_where_it_began(hub: Hub, publisher: Member, other: Member) -> None:
    empty = pull_manifest(hub.exchange, other.reader(), _request())
    assert (empty.entries, empty.more, empty.first_added, empty.last_added) == ([], False, None, None)
    publisher.store(indicator())
    assert len(pull_manifest(hub.exchange, other.reader(), _request(empty.next)).entries) == 1


@on_sqlite
def test_filters_are_kept_by_the_cursor_of_a_place(hub: Hub, publisher: Member, other: Member) -> None:
    values = [indicator(), indicator()]
    publisher.store(values[0], report([values[0]["id"]]), values[1])
    first = pull_page(hub.exchange, other.reader(), _request(limit=1, types=frozenset({"indicator"})))
    second = pull_page(hub.exchange, other.reader(), _request(first.next))
    assert [json.loads(one)["id"] for one in second.objects] == [values[1]["id"]]


@on_sqlite
def test_an_object_is_there_if_anything_of_it_is_seen_in_the_place(hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator(stated=context(harm_types=["csam"]))
    hidden = indicator(object_marking_refs=[publisher.mark(publisher.add_audience())])
    publisher.store(value, hidden)
    views = {harm: Place(facets=(("harm", frozenset({harm})),)) for harm in ("csam", "live-streamed-csa")}
    there = {
        (one["id"], name): has_object(hub.exchange, other.reader(), place, one["id"])
        for one in (value, hidden)
        for name, place in [("all", THERE), ("group", Place(feed=3)), *views.items()]
    }
    assert {key for key, answer in there.items() if answer} == {(value["id"], "all"), (value["id"], "csam")}
    assert not any(has_object(hub.exchange, other.reader(), THERE, one) for one in MALFORMED)


# --- by id ----------------------------------------------------------------------------------------------------------------------


def test_an_id_gives_the_newest_visible_version_of_each_owner(hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value, newer(value))
    other.store(value | {"name": "Another"})
    third = hub.enrol("Platform C")
    third.store(newer(value, object_marking_refs=[third.mark(third.add_audience())]))
    found = {(one["name"], one["modified"]) for one in other.look_up(value["id"])}
    assert found == {(value["name"], LATER), ("Another", value["modified"])}


@on_sqlite
def test_a_version_is_found_by_its_text(hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value, newer(value))
    other.store(newer(value, name="Another"))
    assert [
        json.loads(one)["modified"] for one in pull_version(hub.exchange, other.reader(), value["id"], value["modified"]).objects
    ] == [value["modified"]]
    names = {json.loads(one)["name"] for one in pull_version(hub.exchange, other.reader(), value["id"], LATER).objects}
    assert names == {value["name"], "Another"}


@on_sqlite
@pytest.mark.parametrize("spelling", ["2026-01-05T10:00:00Z", "2026-01-05T10:00:00.0Z", "2026-01-05T10:00:00.000000Z"])
def test_every_spelling_of_its_instant_names_a_version(hub: Hub, publisher: Member, other: Member, spelling: str) -> None:
    ours, theirs = indicator(), indicator(name="Another", modified="2026-01-05T10:00:00.0000Z")
    publisher.store(ours)
    other.store(theirs | {"id": ours["id"]})
    found = [json.loads(one) for one in pull_version(hub.exchange, other.reader(), ours["id"], spelling).objects]
    assert {one["modified"] for one in found} == {ours["modified"], theirs["modified"]}


def test_versions_are_listed_by_owner_and_oldest_first(hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(newer(value))
    publisher.store(value)
    publisher.store(newer(value, "2026-01-07T00:00:00.000Z", object_marking_refs=[publisher.mark(publisher.add_audience())]))
    with pytest.raises(NotFoundError):
        list_versions(hub.exchange, other.reader(), value["id"])
    own = list_versions(hub.exchange, publisher.reader(), value["id"])
    assert [one.version for one in own] == [value["modified"], LATER, "2026-01-07T00:00:00.000Z"]
    assert {one.owner_id for one in own} == {publisher.id}
    account = user_account()
    (result,) = publisher.store(account)
    assert [one.version for one in list_versions(hub.exchange, publisher.reader(), account["id"])] == [result.version]


def test_hidden_absent_and_malformed_ids_are_one_answer(hub: Hub, publisher: Member, other: Member) -> None:
    hidden = indicator(object_marking_refs=[publisher.mark(publisher.add_audience())])
    publisher.store(hidden)
    answers = set()
    for wanted in (hidden["id"], stix_id("indicator"), *MALFORMED):
        for ask in (
            other.look_up,
            lambda one: pull_version(hub.exchange, other.reader(), one, hidden["modified"]),
            lambda one: list_versions(hub.exchange, other.reader(), one),
        ):
            with pytest.raises(NotFoundError) as caught:
                ask(wanted)
            answers.add((caught.value.code, caught.value.sentence, caught.value.pointer))
    assert len(answers) == 1


@on_sqlite
def test_a_version_that_does_not_exist_of_an_id_that_does_is_not_found(hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    for version in (LATER, "2026-01-05T10:00:00.001Z", "", "nonsense"):
        with pytest.raises(NotFoundError):
            pull_version(hub.exchange, other.reader(), value["id"], version)


# --- the ledger -----------------------------------------------------------------------------------------------------------------


def _ledger(hub: Hub) -> list[Any]:
    with hub.exchange.database.read() as connection:
        return list(connection.execute(text("SELECT * FROM disclosure ORDER BY disclosure_id")).all())


def _row_ids(hub: Hub, *stix_ids: str) -> set[int]:
    with hub.exchange.database.read() as connection:
        rows = connection.execute(text("SELECT version_id, stix_id FROM object_version")).all()
    return {version_id for version_id, one in rows if one in stix_ids}


def test_every_answer_with_something_in_it_is_one_row_with_its_exact_versions(hub: Hub, publisher: Member, other: Member) -> None:
    first, second = indicator(), indicator()
    publisher.store(first, newer(first), second)
    other.page(limit=2)
    other.look_up(first["id"])
    pull_version(hub.exchange, other.reader(), second["id"], second["modified"])
    list_versions(hub.exchange, other.reader(), first["id"])
    expected = [{1, 2}, {2}, {3}, {1, 2}]
    rows = _ledger(hub)
    assert [set(decode_versions(bytes(row.versions))) for row in rows] == expected
    assert [row.version_count for row in rows] == [2, 1, 1, 2]
    assert _row_ids(hub, first["id"]) == {1, 2}
    credential_id = other.principal.credential.credential_id
    assert {(row.partner_id, row.credential_id, row.purpose, row.channel, row.agreement_version) for row in rows} == {
        (other.id, credential_id, "detection", "portal", 1)
    }


@on_sqlite
def test_an_answer_with_nothing_in_it_is_no_disclosure(publisher: Member, other: Member) -> None:
    hidden = indicator(object_marking_refs=[publisher.mark(publisher.add_audience())])
    publisher.store(hidden)
    assert other.page().objects == []
    for wanted in (hidden["id"], stix_id("indicator")):
        with pytest.raises(NotFoundError):
            other.look_up(wanted)
    assert _ledger(publisher.hub) == []


@on_sqlite
def test_a_row_names_the_agreement_and_the_epoch_it_was_given_under(hub: Hub, publisher: Member, other: Member) -> None:
    publisher.store(indicator())
    other.page()
    other.agree()
    hub.clock.pass_time(DAY)
    other.page()
    first, second = _ledger(hub)
    assert (first.agreement_version, second.agreement_version) == (1, 2)
    assert first.policy_epoch < second.policy_epoch
    assert str(first.disclosed_at) < str(second.disclosed_at)


@contextmanager
def _refused_ledger(hub: Hub) -> Iterator[None]:
    """Let every row of the ledger be refused by the database itself."""
    if hub.exchange.database.is_sqlite:
        statements = ["CREATE TRIGGER refuse BEFORE INSERT ON disclosure BEGIN SELECT RAISE(ABORT, 'refused'); END"]
    else:
        body = "BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END"
        statements = [
            f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            "CREATE TRIGGER refuse BEFORE INSERT ON disclosure FOR EACH ROW EXECUTE FUNCTION refuse()",
        ]
    with hub.exchange.database.write() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    yield
    with hub.exchange.database.write() as connection:
        connection.exec_driver_sql(
            "DROP TRIGGER refuse" if hub.exchange.database.is_sqlite else "DROP TRIGGER refuse ON disclosure"
        )


def test_nothing_leaves_when_the_ledger_cannot_be_written(hub: Hub, publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(value)
    other.page(types=frozenset({"report"}))
    with _refused_ledger(hub):
        for ask in (
            other.page,
            lambda: other.look_up(value["id"]),
            lambda: pull_version(hub.exchange, other.reader(), value["id"], value["modified"]),
            lambda: list_versions(hub.exchange, other.reader(), value["id"]),
        ):
            with pytest.raises((BreakwaterError, SQLAlchemyError)):
                ask()
    assert _ledger(hub) == []
    assert len(other.page().objects) == 1


def test_while_the_database_takes_no_writes_readers_get_unavailable_and_no_bytes(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.storage.session._BUSY_SECONDS", 0.05)
    with started_hub(sqlite_url) as hub:
        publisher, other = hub.enrol("Platform A"), hub.enrol("Platform B")
        publisher.store(indicator())
        other.page(types=frozenset({"report"}))
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            with pytest.raises(UnavailableError):
                other.page()
            writer.execute("ROLLBACK")
        assert _ledger(hub) == []
        assert len(other.page().objects) == 1


def test_the_row_is_committed_before_the_bytes_are_given(hub: Hub, publisher: Member, other: Member) -> None:
    publisher.store(indicator())
    with hub.exchange.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM disclosure")).scalar_one() == 0
        page = other.page()
        with hub.exchange.database.read() as later:
            assert later.execute(text("SELECT count(*) FROM disclosure")).scalar_one() == 1
    assert page.objects


@on_sqlite
def test_filters_that_say_nothing_are_no_filters(publisher: Member, other: Member) -> None:
    publisher.store(indicator(), marking())
    assert Filters() == Filters(stix_ids=frozenset(), types=frozenset(), facets=())
    assert len(other.page(types=frozenset(), stix_ids=frozenset()).objects) == 2
