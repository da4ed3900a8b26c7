from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError, UnauthenticatedError
from app.domain.events import Event
from app.domain.object_vocabulary import RecallReason
from app.domain.paging import AlarmCode
from app.domain.permissions import Permission
from app.domain.vocabulary import Assurance, KeyState, KeyUsage, Tlp
from app.services.answer_once import key_use
from app.services.authenticate import authenticate
from app.services.membership import report_compromise as service
from app.services.membership.issue_credentials import NewCredential, issue_credential
from app.services.membership.look_up_keys import get_key
from app.services.membership.manage_keys import activate_key, register_key, revoke_key
from app.services.membership.report_compromise import Compromise, foresee_compromise, report_compromise
from app.services.proving.read_directory import newest_directory
from app.services.raise_alarm import alarm_counts
from app.storage import credentials, events, recalls
from breakwater_client.trust.envelope import unverified_payload
from breakwater_client.trust.key_directory import read_directory
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import indicator

HOUR = timedelta(hours=1)


def report(member: Member, key: PrivateKey, hours: float, by: Member | None = None) -> Compromise:
    principal = (by or member).principal
    return report_compromise(member.hub.exchange, principal, key.public.keyid, NOW + hours * HOUR)


def publish_hourly(member: Member, hours: int) -> list[str]:
    """Store an object at each full hour, from now on. Gives their ids."""
    ids = []
    for hour in range(hours):
        member.hub.clock.now = NOW + hour * HOUR
        value = indicator()
        member.store(value)
        ids.append(value["id"])
    member.hub.clock.now = NOW + hours * HOUR
    return ids


def seen(member: Member, ids: list[str]) -> list[int]:
    """Say which of the objects a partner still sees, by their number."""
    there = {one["id"] for one in member.pull()[0]}
    return [number for number, one in enumerate(ids) if one in there]


# Objects are stored at the hours 0 to 4, the key was activated at 0. Since when it is reported at 5, and which stay.
TIMELINES: dict[str, tuple[list[float], list[int]]] = {
    "since the last object": ([4], [0, 1, 2, 3]),
    "since between two": ([2.5], [0, 1, 2]),
    "since exactly one": ([2], [0, 1]),
    "since now": ([5], [0, 1, 2, 3, 4]),
    "since its first hour": ([0], []),
    "since before it was registered": ([-1000], []),
    "again with an earlier moment": ([4, 1], [0]),
    "again with the same": ([3, 3], [0, 1, 2]),
}


@pytest.mark.parametrize(("reports", "left"), TIMELINES.values(), ids=TIMELINES)
def test_timelines_of_compromise(quick_hub: Hub, publisher: Member, other: Member, reports: list[float], left: list[int]) -> None:
    ids = publish_hourly(publisher, 5)
    assert seen(other, ids) == [0, 1, 2, 3, 4]
    for since in reports:
        report(publisher, publisher.key, since)
    assert seen(other, ids) == left
    key = get_key(quick_hub.exchange, publisher.principal, publisher.key.public.keyid).key
    assert (key.state, key.reported_at) == (KeyState.COMPROMISED, NOW + 5 * HOUR)
    assert key.compromised_since == max(NOW, NOW + min(reports) * HOUR)
    assert publisher.submit(indicator()).results[0].refusal is not None


def test_a_later_moment_is_refused_since_it_would_change_nothing(publisher: Member) -> None:
    publish_hourly(publisher, 5)
    report(publisher, publisher.key, 1)
    with pytest.raises(ConflictError):
        report(publisher, publisher.key, 4)


def test_the_operators_are_alarmed_at_each_report(quick_hub: Hub, publisher: Member) -> None:
    publish_hourly(publisher, 2)
    for since, number in ((1, 1), (1, 1), (0, 2)):
        report(publisher, publisher.key, since)
        counted = alarm_counts(quick_hub.exchange, quick_hub.operator)[AlarmCode.KEY_COMPROMISED]
        assert counted == number, "each that says something new"


def test_successors_that_still_count_are_told_of(publisher: Member) -> None:
    stolen, early, last = publisher.key, PrivateKey.generate(), PrivateKey.generate()
    publisher.rotate(stolen, early)
    publisher.hub.clock.now = NOW + HOUR
    publisher.rotate(early, last)
    publisher.hub.clock.now = NOW + 3 * HOUR
    made = report(publisher, stolen, 2)
    assert (made.also, [one.keyid for one in made.successors]) == ([], [last.public.keyid])
    made = report(publisher, stolen, 0)
    assert ([one.keyid for one in made.also], made.successors) == ([early.public.keyid, last.public.keyid], [])


def test_audiences_that_the_stolen_key_signed_in_the_window_are_told_of(publisher: Member) -> None:
    publisher.add_audience(roles=["hotline"])
    publisher.hub.clock.now = NOW + 2 * HOUR
    second = publisher.add_audience(roles=["hotline"])
    assert report(publisher, publisher.key, 1).audiences == [second]


def test_who_was_given_it_is_told_why_and_nobody_else(hub: Hub) -> None:
    publisher, reader, bystander = hub.enrol("Platform A"), hub.enrol("Platform B"), hub.enrol("Platform C")
    [first] = publish_hourly(publisher, 1)
    assert seen(reader, [first]) == [0]
    made = report(publisher, publisher.key, 0)
    assert (made.withdrawn, len(made.recalls), made.also) == (1, 1, [])
    hub.work()
    [notice] = [one for one in reader.pull()[0] if one["type"] == "recall-notice"]
    assert (notice["reason"], notice["recalled"][0]["stix_id"]) == ("key-compromise", first)
    assert bystander.pull()[0] == []
    with hub.exchange.database.read() as connection:
        [recall] = recalls.recalls_of(connection, publisher.id, 0, 10)
    assert (recall.public_id, recall.reason) == (made.recalls[0], RecallReason.KEY_COMPROMISE)


def test_the_directory_says_so_in_the_same_commit(quick_hub: Hub, publisher: Member, other: Member) -> None:
    report(publisher, publisher.key, -5)
    envelope = json.loads(newest_directory(quick_hub.exchange, other.principal))
    listed = read_directory(unverified_payload(envelope, PayloadType.KEY_DIRECTORY)).find(publisher.key.public.keyid)
    assert listed is not None
    assert (listed.state, listed.compromised_since, listed.reported_at) == (KeyState.COMPROMISED, NOW, NOW)


def test_what_another_key_signed_stays(publisher: Member, other: Member) -> None:
    second = publisher.add_key()
    [first] = publish_hourly(publisher, 1)
    publisher.key, stolen = second, publisher.key
    value = indicator()
    publisher.store(value)
    assert report(publisher, second, 0).withdrawn == 1
    assert seen(other, [first, value["id"]]) == [0]
    assert stolen != second


def test_what_was_passed_on_is_its_owners_and_goes_with_its_owners_key(quick_hub: Hub, publisher: Member, other: Member) -> None:
    relay = quick_hub.enrol("Relay")
    relay.agree(write={"assurances": frozenset(Assurance), "passes_on": frozenset({publisher.id})})
    passed_on, attested = publisher.sign(indicator()), indicator()
    assert [one.refusal for one in relay.submit(passed_on, attested, sign=False).results] == [None, None]
    ids = [passed_on["id"], attested["id"]]
    assert seen(other, ids) == [0, 1]
    assert report(relay, relay.key, 0).withdrawn == 0, "the exchange's key attests what had no signature"
    assert seen(other, ids) == [0, 1]
    assert report(publisher, publisher.key, 0).withdrawn == 1
    assert seen(other, ids) == [1]


def test_keys_that_it_signed_for_since_then_fall_with_it(publisher: Member, other: Member) -> None:
    stolen, early, late, last = publisher.key, *(PrivateKey.generate() for _ in range(3))
    hub = publisher.hub
    publisher.rotate(stolen, early, retire_at=NOW + 100 * HOUR)
    hub.clock.now = NOW + 2 * HOUR
    publisher.rotate(stolen, late)
    hub.clock.now = NOW + 3 * HOUR
    publisher.rotate(late, last)
    ids = []
    for key in (early, last):
        publisher.key, value = key, indicator()
        publisher.store(value)
        ids.append(value["id"])
    made = report(publisher, stolen, 1)
    assert {one.keyid for one in made.also} == {late.public.keyid, last.public.keyid}
    assert {one.state for one in made.also} == {KeyState.COMPROMISED}
    assert seen(other, ids) == [0], "the key that it signed for before that moment counts on"
    # An earlier moment takes that one along as well.
    assert [one.keyid for one in report(publisher, stolen, 0).also] == [early.public.keyid]
    assert seen(other, ids) == []


def test_a_thief_cannot_hide_behind_a_long_chain_of_rotations(quick_hub: Hub, publisher: Member) -> None:
    stolen, generations = publisher.key.public.keyid, sys.getrecursionlimit() + 50
    with quick_hub.exchange.database.write() as connection:
        before = credentials.key_by_id(connection, stolen)
        assert before is not None
        for _ in range(generations):
            public = PrivateKey.generate().public
            before = replace(before, keyid=public.keyid, public_key=public.spki, replaces=before.keyid)
            credentials.add_key(connection, before)
    made = report_compromise(quick_hub.exchange, quick_hub.operator, stolen, NOW)
    assert len(made.also) == generations
    with quick_hub.exchange.database.read() as connection:
        assert {one.state for one in credentials.keys(connection, publisher.id)} == {KeyState.COMPROMISED}


def request_key(member: Member) -> PrivateKey:
    key = PrivateKey.generate()
    register_key(member.hub.exchange, member.principal, member.registration(key, KeyUsage.REQUEST_SIGNING))
    activate_key(member.hub.exchange, member.hub.operator, key.public.keyid)
    return key


def test_a_stolen_request_key_takes_along_what_only_its_channel_vouched_for(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    publisher.agree(write={"assurances": frozenset(Assurance)})
    key = request_key(publisher)
    with quick_hub.exchange.database.read() as connection:
        found = credentials.principal_by_keyid(connection, key.public.keyid)
    assert found is not None
    principal, signed, unsigned = found[0], publisher.sign(indicator()), indicator()
    made = submit_as(publisher, principal, signed, unsigned)
    ids = [signed["id"], unsigned["id"]]
    assert seen(other, ids) == [0, 1]
    told = report(publisher, key, 0)
    assert (told.withdrawn, told.submissions, told.submission_count) == (1, [made], 1)
    assert seen(other, ids) == [0]
    with quick_hub.exchange.database.read() as connection:
        held = credentials.credential_of_key(connection, key.public.keyid)
    assert held is not None
    assert held.revoked_at == NOW


def test_what_a_stolen_request_key_issued_is_ended_and_taken_back_too(quick_hub: Hub, publisher: Member, other: Member) -> None:
    exchange = quick_hub.exchange
    publisher.agree(write={"assurances": frozenset(Assurance)})
    key = request_key(publisher)
    with exchange.database.read() as connection:
        held = credentials.principal_by_keyid(connection, key.public.keyid)
    assert held is not None
    issuer, issued, ids = held[0], [], []
    for hours in (1, 2, 3):  # the second is issued with the first, and so on
        quick_hub.clock.now = NOW + hours * HOUR
        new = NewCredential(None, "feed", PARTNER_SCOPES, None, Tlp.RED, NOW + (30 - hours) * DAY)
        issued.append(issue_credential(exchange, issuer, new))
        issuer = authenticate(exchange, str(issued[-1].token))
        value = indicator()
        submit_as(publisher, issuer, value)
        ids.append(value["id"])
    made = report(publisher, key, 0.5)
    assert made.credentials == [one.credential.credential_id for one in issued]
    assert (made.withdrawn, made.submission_count) == (3, 3)
    assert seen(other, ids) == []
    for one in issued:
        with pytest.raises(UnauthenticatedError):
            authenticate(exchange, str(one.token))


def submit_as(member: Member, principal: object, *values: object) -> str:
    from app.services.intake.submit import SubmissionRequest, submit  # noqa: PLC0415  # what only this needs
    from tests.factories.members import envelope  # noqa: PLC0415  # the same

    request = SubmissionRequest(envelope(*values))  # type: ignore[arg-type]  # objects as they are sent
    made = submit(member.hub.exchange, principal, request)  # type: ignore[arg-type]  # a principal
    assert {one.refusal for one in made.results} == {None}
    return made.submission_id


def test_a_retired_or_revoked_key_can_be_reported_too(publisher: Member, other: Member) -> None:
    ids = publish_hourly(publisher, 2)
    revoke_key(publisher.hub.exchange, publisher.principal, publisher.key.public.keyid)
    assert seen(other, ids) == [0, 1]
    report(publisher, publisher.key, 1)
    assert seen(other, ids) == [0]


def test_many_objects_go_in_lots_and_all_in_one_commit(publisher: Member, other: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_AT_ONCE", 3)
    values = [indicator() for _ in range(8)]
    publisher.store(*values)
    made = report(publisher, publisher.key, 0)
    assert (made.withdrawn, len(made.recalls)) == (8, 3)
    assert other.pull()[0] == []


def test_a_moment_to_come_and_what_is_anothers_are_refused(quick_hub: Hub, publisher: Member, other: Member) -> None:
    with pytest.raises(MalformedInputError):
        report(publisher, publisher.key, 0.001)
    for key in (publisher.key, PrivateKey.generate()):
        with pytest.raises(NotFoundError):
            report(publisher, key, 0, by=other)
    lesser = publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.KEYS_WRITE})
    with pytest.raises(ForbiddenError):
        report_compromise(quick_hub.exchange, lesser, publisher.key.public.keyid, NOW)


def test_an_operator_reports_for_a_partner_and_a_repetition_is_answered(quick_hub: Hub, publisher: Member) -> None:
    use = key_use(quick_hub.operator, "compromise", "key-1", b"body")
    keyid = publisher.key.public.keyid
    first = report_compromise(quick_hub.exchange, quick_hub.operator, keyid, NOW, use)
    quick_hub.clock.now = NOW + HOUR
    assert report_compromise(quick_hub.exchange, quick_hub.operator, keyid, NOW, use) == first
    with quick_hub.exchange.database.read() as connection:
        recorded = [one.event for _, one in events.events(connection, 0, 1000) if one.subject == keyid]
    assert recorded.count(Event.KEY_COMPROMISE) == 1


def test_a_repetition_is_answered_with_all_that_the_report_took_along(quick_hub: Hub, publisher: Member) -> None:
    stolen, successor = publisher.key, PrivateKey.generate()
    publish_hourly(publisher, 2)
    publisher.rotate(stolen, successor)
    publisher.key = successor
    publisher.store(indicator())
    use = key_use(publisher.principal, "compromise", "key-1", b"body")
    first = report_compromise(quick_hub.exchange, publisher.principal, stolen.public.keyid, NOW - HOUR, use)
    assert (len(first.also), first.withdrawn, len(first.recalls)) == (1, 3, 2)
    quick_hub.clock.now += HOUR
    assert report_compromise(quick_hub.exchange, publisher.principal, stolen.public.keyid, NOW - HOUR, use) == first
    later = key_use(publisher.principal, "compromise", "key-2", b"body")
    nothing_more = report_compromise(quick_hub.exchange, publisher.principal, stolen.public.keyid, NOW, later)
    assert (nothing_more.also, nothing_more.withdrawn, nothing_more.recalls) == ([], 0, [])
    assert report_compromise(quick_hub.exchange, publisher.principal, stolen.public.keyid, NOW, later) == nothing_more


def test_a_repetition_lists_what_came_with_a_stolen_request_key(quick_hub: Hub, publisher: Member) -> None:
    key = request_key(publisher)
    with quick_hub.exchange.database.read() as connection:
        found = credentials.principal_by_keyid(connection, key.public.keyid)
    assert found is not None
    made = submit_as(publisher, found[0], publisher.sign(indicator()))
    use = key_use(publisher.principal, "compromise", "key-1", b"body")
    first = report_compromise(quick_hub.exchange, publisher.principal, key.public.keyid, NOW, use)
    assert first.submissions == [made]
    assert report_compromise(quick_hub.exchange, publisher.principal, key.public.keyid, NOW, use) == first


def test_what_a_report_would_take_along_is_said_and_nothing_taken(publisher: Member, other: Member) -> None:
    ids = publish_hourly(publisher, 5)
    key = publisher.key
    foreseen = foresee_compromise(publisher.hub.exchange, publisher.principal, key.public.keyid, NOW + 2 * HOUR)
    assert (foreseen.versions, [one.keyid for one in foreseen.keys], foreseen.credentials) == (3, [key.public.keyid], 0)
    assert seen(other, ids) == [0, 1, 2, 3, 4]
    assert report(publisher, key, 2).withdrawn == 3
    assert foresee_compromise(publisher.hub.exchange, publisher.principal, key.public.keyid, NOW + 3 * HOUR).versions == 0
    with pytest.raises(NotFoundError):
        foresee_compromise(publisher.hub.exchange, other.principal, key.public.keyid, NOW)
    with pytest.raises(MalformedInputError):
        foresee_compromise(publisher.hub.exchange, publisher.principal, key.public.keyid, publisher.hub.clock.now + HOUR)
