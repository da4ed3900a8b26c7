from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.errors import Code
from app.domain.stix_object import CheckedObject, ParsedObject, VerifiedObject
from app.domain.vocabulary import Assurance, Tlp
from app.services.intake.admit import RELEASE_EMBARGOED, Admission, admit
from app.services.intake.attest import Attestor
from app.services.reading.visible_set import viewer_of
from app.stix.profile import check_object
from app.storage.counter import take_order_lock
from app.storage.session import Connection
from breakwater_client.submission import ObjectResult, Refusal, ResultStatus
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.log_leaf import LeafKind, leaf_bytes, leaf_hash
from breakwater_client.trust.object_signature import read_signature, verify_object
from tests.factories.members import Hub, Member, outcomes
from tests.factories.policy_values import NOW, SECOND
from tests.factories.stix_objects import context, indicator, marking, newer, report, user_account

on_sqlite = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
"""For what the services alone decide."""

SUBMISSION = "00000000-0000-4000-8000-000000000001"
RELEASE = "2026-03-02T00:00:00Z"


@pytest.fixture
def publisher(hub: Hub) -> Member:
    return hub.enrol("Platform A")


def checked(member: Member, value: dict[str, Any], number: int = 0) -> CheckedObject:
    parsed = ParsedObject(f"/objects/{number}", value, canonical_bytes(value))
    entry = read_signature(value)
    digest = verify_object(value, entry, member.key.public)
    return check_object(VerifiedObject(parsed, member.id, entry.keyid, digest, Assurance.PUBLISHER_SIGNED))


def admitted(
    member: Member, *values: dict[str, Any] | ObjectResult, atomic: bool = False, usable: bool = True
) -> tuple[ObjectResult, ...]:
    """Admit signed objects as a submission does, and commit."""
    examined: Sequence[CheckedObject | ObjectResult] = [
        one if isinstance(one, ObjectResult) else checked(member, one, number) for number, one in enumerate(values)
    ]
    now = member.hub.clock.now
    with member.hub.exchange.database.write() as connection:
        keyids = frozenset({member.key.public.keyid}) if usable else frozenset()
        return admit(connection, admission(connection, member, keyids, now), examined, atomic=atomic)


def admission(connection: Connection, member: Member, keyids: frozenset[str], now: datetime) -> Admission:
    submitter = viewer_of(connection, member.partner, Tlp.RED, now)
    return Admission(
        order=take_order_lock(connection),
        submitter=submitter,
        owners={member.id: submitter},
        usable_keyids=keyids,
        law_enforcement=frozenset(),
        attestor=Attestor(member.hub.exchange.keys.statements, "exchange", member.partner, now),
        submission_id=SUBMISSION,
        now=now,
    )


def rows(hub: Hub, statement: str) -> list[Any]:
    with hub.exchange.database.read() as connection:
        return list(connection.execute(text(statement)).all())


def _versions(hub: Hub, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in rows(hub, f"SELECT {', '.join(columns)} FROM object_version ORDER BY version_id")]  # noqa: S608  # the test's own columns


def test_numbers_are_gapless_in_the_log_and_rise_in_the_feed(hub: Hub, publisher: Member) -> None:
    refused = ObjectResult("/objects/1", ResultStatus.REFUSED, refusal=Refusal(Code.SCHEMA_VIOLATION, "No.", "/objects/1"))
    hub.clock.now = NOW + SECOND
    first = admitted(publisher, publisher.sign(indicator()), refused, publisher.sign(indicator()))
    hub.clock.now = NOW  # a clock that is set back
    second = admitted(publisher, publisher.sign(indicator()))
    leaves = [row for (row,) in rows(hub, "SELECT log_index FROM log_leaf ORDER BY log_index")]
    assert leaves == list(range(len(leaves)))
    assert [one.log_index for one in (*first, *second)] == [leaves[-3], None, *leaves[-2:]]
    placed = _versions(hub, "position", "added_at")
    assert placed == sorted(set(placed))
    assert len({added_at for _, added_at in placed}) == 3


def test_the_leaf_commits_to_what_was_signed(hub: Hub, publisher: Member) -> None:
    (result,) = admitted(publisher, publisher.sign(indicator()))
    (row,) = rows(
        hub,
        "SELECT v.leaf_salt, v.payload_digest, l.kind, l.leaf_hash FROM object_version v JOIN log_leaf l USING (log_index)",
    )
    digest = bytes(row.payload_digest)
    assert result.payload_digest == digest.hex()
    assert row.kind == LeafKind.OBJECT_VERSION
    assert bytes(row.leaf_hash) == leaf_hash(leaf_bytes(LeafKind.OBJECT_VERSION, bytes(row.leaf_salt), digest))


def test_the_bytes_are_kept_as_they_are_canonical(hub: Hub, publisher: Member) -> None:
    value = publisher.sign(indicator(name="Räume · 房间", x_note={"kept": [1, 2.5, None]}))
    admitted(publisher, value)
    (row,) = rows(hub, "SELECT content, content_digest FROM object_content JOIN object_version USING (version_id)")
    assert bytes(row.content) == canonical_bytes(value)
    assert bytes(row.content_digest) == hashlib.sha256(canonical_bytes(value)).digest()


@pytest.mark.parametrize("days", [(7, 6, 9, 8), (7, 6, 8, 9), (9, 8, 7, 6)])
def test_the_newest_version_is_the_head_in_whatever_order_they_come(hub: Hub, publisher: Member, days: Sequence[int]) -> None:
    first = indicator()
    times = [f"2026-01-0{day}T00:00:00.000Z" for day in days]
    for moment in times[:2]:
        admitted(publisher, publisher.sign(newer(first, modified=moment)))
    admitted(publisher, *(publisher.sign(newer(first, modified=moment)) for moment in times[2:]))
    assert rows(hub, "SELECT v.version FROM object_head h JOIN object_version v USING (version_id)") == [(max(times),)]


@on_sqlite
def test_references_and_facets_are_kept(hub: Hub, publisher: Member) -> None:
    target = indicator()
    admitted(publisher, publisher.sign(report([target["id"]])), publisher.sign(target))
    assert rows(hub, "SELECT ref_id FROM object_ref") == [(target["id"],)]
    facets = {tuple(row) for row in rows(hub, "SELECT kind, value FROM object_facet")}
    expected = {("harm", "live-streamed-csa"), ("surface", "live-stream"), ("phase", "live-abuse-facilitation")}
    assert facets == expected


@on_sqlite
def test_equal_handlings_share_one_class(hub: Hub, publisher: Member) -> None:
    admitted(publisher, publisher.sign(indicator()), publisher.sign(indicator()))
    admitted(publisher, publisher.sign(indicator()), publisher.sign(indicator(stated=context(harm_types=["csam"]))))
    assert _versions(hub, "class_id") == [(1,), (1,), (1,), (2,)]


def test_an_embargoed_version_has_no_place_until_its_release(hub: Hub, publisher: Member) -> None:
    own = publisher.sign(marking(release_at=RELEASE))
    admitted(publisher, own, publisher.sign(indicator(object_marking_refs=[own["id"]])), publisher.sign(indicator()))
    assert [position for position, _ in _versions(hub, "position", "added_at")] == [None, None, 1]
    (due,) = rows(hub, f"SELECT due_at FROM work WHERE kind = '{RELEASE_EMBARGOED}'")  # noqa: S608  # our own word
    assert _spelled(due[0]) == "2026-03-02T00:00:00.000000Z"


def test_an_observables_version_is_when_it_was_added(hub: Hub, publisher: Member) -> None:
    first, second = user_account(), user_account(display_name="Account")
    results = admitted(publisher, publisher.sign(first), publisher.sign(second), publisher.sign(second))
    assert outcomes(results) == ["stored", "stored", "already-stored"]
    assert results[0].stix_id == results[1].stix_id
    assert [one.version for one in results[:2]] == [_spelled(added_at) for (added_at,) in _versions(hub, "added_at")]
    assert results[2].version == results[1].version
    again = admitted(publisher, publisher.sign(second))
    assert (outcomes(again), again[0].version) == (["already-stored"], results[1].version)
    replayed = admitted(publisher, publisher.sign(first))
    assert (outcomes(replayed), replayed[0].version) == (["already-stored"], results[0].version)


def _spelled(moment: Any) -> str:
    value = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{value:%Y-%m-%dT%H:%M:%S.%f}Z"


@on_sqlite
def test_an_observable_under_embargo_has_a_version_too(hub: Hub, publisher: Member) -> None:
    own = publisher.sign(marking(release_at=RELEASE))
    account = user_account(object_marking_refs=[own["id"]])
    results = admitted(publisher, own, publisher.sign(account), publisher.sign(account | {"display_name": "Account"}))
    assert outcomes(results) == ["stored"] * 3
    versions = [one.version for one in results[1:] if one.version]
    assert versions == sorted(set(versions))
    assert all(version.startswith("2026-03-01T12:00:00.") for version in versions)
    assert [position for (position,) in _versions(hub, "position")] == [None] * 3


@on_sqlite
def test_an_exact_repetition_is_already_stored_under_its_first_numbers(publisher: Member) -> None:
    value = publisher.sign(indicator())
    first = admitted(publisher, value, value)
    second = admitted(publisher, value)
    assert outcomes((*first, *second)) == ["stored", "already-stored", "already-stored"]
    assert {(one.stix_id, one.version, one.payload_digest, one.log_index) for one in (*first, *second)} == {
        (first[0].stix_id, first[0].version, first[0].payload_digest, first[0].log_index)
    }


def test_one_refusal_refuses_all_of_an_atomic_submission_and_uses_up_nothing(hub: Hub, publisher: Member) -> None:
    refused = ObjectResult("/objects/1", ResultStatus.REFUSED, refusal=Refusal(Code.SCHEMA_VIOLATION, "No.", "/objects/1"))
    good = publisher.sign(marking())
    before, leaves = rows(hub, "SELECT * FROM position_counter"), rows(hub, "SELECT * FROM log_leaf")
    results = admitted(publisher, good, refused, publisher.sign(indicator()), atomic=True)
    assert outcomes(results) == [Code.SUBMISSION_NOT_ATOMIC, Code.SCHEMA_VIOLATION, Code.SUBMISSION_NOT_ATOMIC]
    assert all((one.stix_id, one.log_index) == (None, None) for one in results)
    assert rows(hub, "SELECT * FROM position_counter") == before
    assert rows(hub, "SELECT * FROM log_leaf") == leaves
    for table in ("object_version", "object_content", "object_head", "marking", "handling_class"):
        assert rows(hub, f"SELECT * FROM {table}") == []  # noqa: S608  # our own words
    assert outcomes(admitted(publisher, good, publisher.sign(indicator()), atomic=True)) == ["stored", "stored"]


@on_sqlite
def test_a_key_that_counts_no_more_admits_nothing(hub: Hub, publisher: Member) -> None:
    own = publisher.sign(marking())
    values = own, publisher.sign(indicator(object_marking_refs=[own["id"]]))
    assert outcomes(admitted(publisher, *values, usable=False)) == [Code.KEY_NOT_ACTIVE] * 2
    assert rows(hub, "SELECT * FROM object_version") == []


@on_sqlite
def test_a_marking_that_its_key_cannot_bring_marks_nothing(hub: Hub, publisher: Member) -> None:
    elsewhere = publisher.add_key()
    own = publisher.sign(marking(), elsewhere)
    marked = publisher.sign(indicator(object_marking_refs=[own["id"]]))
    with hub.exchange.database.write() as connection:
        keyids = frozenset({publisher.key.public.keyid})
        given = admission(connection, publisher, keyids, NOW)
        publisher.key, usable = elsewhere, publisher.key
        first = checked(publisher, own)
        publisher.key = usable
        results = admit(connection, given, [first, checked(publisher, marked, 1)], atomic=False)
    assert outcomes(results) == [Code.KEY_NOT_ACTIVE, Code.HANDLING_UNRESOLVED]


def test_what_others_hold_under_an_id_changes_no_result(hub: Hub, publisher: Member) -> None:
    other = hub.enrol("Platform B")
    value = indicator()
    for member in (publisher, other):
        assert outcomes(admitted(member, member.sign(value))) == ["stored"]
        assert outcomes(admitted(member, member.sign(value | {"name": "Else"}))) == [Code.VERSION_CONFLICT]
        assert outcomes(admitted(member, member.sign(newer(value)))) == ["stored"]
    heads = rows(hub, "SELECT h.owner_id, v.owner_id, v.version FROM object_head h JOIN object_version v USING (version_id)")
    later = "2026-01-06T10:00:00.000Z"
    assert sorted(map(tuple, heads)) == sorted((one.id, one.id, later) for one in (publisher, other))
