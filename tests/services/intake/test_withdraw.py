from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.domain.errors import Code, ForbiddenError, NotFoundError
from app.domain.events import Event
from app.domain.object_vocabulary import RecallAct, RecallReason
from app.domain.permissions import Permission
from app.domain.recall import Choice
from app.domain.stix_object import timestamp_key
from app.services.answer_once import key_use
from app.services.intake.notify_recall import NOTIFY_RECALL
from app.services.intake.receipts import object_receipt
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.ledger.look_up_disclosures import own_disclosures
from app.services.reading.pull import list_versions, pull_version
from app.storage import work
from app.storage.tables import event, object_head, object_version, recall_version
from breakwater_client.extensions import RECALL_NOTICE
from breakwater_client.trust.object_signature import read_signature, verify_object
from tests.factories.members import PARTNER_SCOPES, Hub, Member, outcomes
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import CREATED, context, indicator, marking, newer, report, stix_id, user_account

on_sqlite = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
"""For what the services alone decide."""
SECOND, THIRD = "2026-01-06T10:00:00.000Z", "2026-01-07T10:00:00.000Z"


@pytest.fixture
def owner(hub: Hub) -> Member:
    return hub.enrol("Owner")


@pytest.fixture
def reader(hub: Hub) -> Member:
    return hub.enrol("Reader")


def withdrawn(member: Member, stix_id: str, *versions: str, **request: Any) -> str:
    keys = frozenset(timestamp_key(one) or one for one in versions)
    request = {"choice": Choice(keys=keys)} | request
    return withdraw(member.hub.exchange, member.principal, WithdrawalRequest(stix_id, **request))


def three_versions(owner: Member, **changes: Any) -> dict[str, Any]:
    one = indicator(**changes)
    owner.store(one, newer(one, SECOND), newer(one, THIRD))
    return one


def versions(member: Member, stix_id: str) -> list[str]:
    return [one.version for one in list_versions(member.hub.exchange, member.reader(), stix_id)]


# --- gone -----------------------------------------------------------------------------------------------------------------------


def test_what_is_withdrawn_is_there_for_nobody_by_no_way(hub: Hub, owner: Member, reader: Member) -> None:
    one, other = three_versions(owner), indicator()
    owner.store(other)
    page = reader.page(limit=1)
    withdrawn(owner, one["id"])
    for member in (owner, reader):
        with pytest.raises(NotFoundError):
            member.look_up(one["id"])
        with pytest.raises(NotFoundError):
            versions(member, one["id"])
        with pytest.raises(NotFoundError):
            pull_version(hub.exchange, member.reader(), one["id"], CREATED)
        assert [stix_id for stix_id, _ in member.sees()] == [other["id"]]
    rest, _ = reader.pull(page.next)
    assert [value["id"] for value in rest] == [other["id"]]


def test_receipts_and_the_ledger_stay(hub: Hub, owner: Member, reader: Member) -> None:
    one = indicator()
    owner.store(one)
    receipt = object_receipt(hub.exchange, owner.principal, one["id"], None)
    reader.look_up(one["id"])
    withdrawn(owner, one["id"])
    assert object_receipt(hub.exchange, owner.principal, one["id"], None)["payload"] == receipt["payload"]
    [row] = own_disclosures(hub.exchange, owner.principal, one["id"], None, 10).rows
    assert (row.recipient_id, row.versions) == (reader.id, ((one["id"], CREATED),))


def test_a_reader_whose_clock_is_behind_does_not_see_it_either(hub: Hub, owner: Member, reader: Member) -> None:
    one = indicator()
    owner.store(one)
    hub.clock.pass_time(DAY)
    withdrawn(owner, one["id"])
    hub.clock.pass_time(-DAY / 2)
    assert reader.sees() == []


@on_sqlite
def test_chosen_versions_go_and_the_newest_that_is_left_is_the_newest_again(hub: Hub, owner: Member, reader: Member) -> None:
    one = three_versions(owner)
    withdrawn(owner, one["id"], "2026-01-07T10:00:00Z")
    assert versions(reader, one["id"]) == [CREATED, SECOND]
    assert [value["modified"] for value in reader.look_up(one["id"])] == [SECOND]
    with hub.exchange.database.read() as connection:
        ov = object_version.c
        newest = select(ov.version, ov.is_superseded).join_from(
            object_head, object_version, object_head.c.version_id == ov.version_id
        )
        assert connection.execute(newest).all() == [(SECOND, False)]
    withdrawn(owner, one["id"], CREATED, SECOND)
    with hub.exchange.database.read() as connection:
        assert connection.execute(select(object_head)).all() == []


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        (Choice(first=True), [SECOND, THIRD]),
        (Choice(last=True), [CREATED, SECOND]),
        (Choice(first=True, last=True), [SECOND]),
        (Choice(first=True, keys=frozenset({"2026-01-06T10:00:00"})), [THIRD]),
    ],
)
@on_sqlite
def test_the_first_the_last_and_exact_versions_are_chosen(owner: Member, choice: Choice, left: list[str]) -> None:
    one = three_versions(owner)
    withdrawn(owner, one["id"], choice=choice)
    assert versions(owner, one["id"]) == left


@on_sqlite
def test_withdrawing_the_newest_opens_nothing(owner: Member, reader: Member) -> None:
    one = indicator()
    narrow = newer(one, object_marking_refs=[owner.mark_for(owner)])
    owner.store(one, narrow)
    withdrawn(owner, one["id"], narrow["modified"])
    assert versions(owner, one["id"]) == [CREATED]
    with pytest.raises(NotFoundError):
        reader.look_up(one["id"])


@on_sqlite
def test_what_is_under_embargo_can_be_withdrawn_and_is_never_released(hub: Hub, owner: Member, reader: Member) -> None:
    until = (NOW + DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    one = indicator(object_marking_refs=[owner.mark(owner.everybody, release_at=until)])
    owner.store(one)
    assert owner.look_up(one["id"])
    withdrawn(owner, one["id"])
    hub.clock.pass_time(2 * DAY)
    hub.work()
    assert [value for value in reader.sees() if value[0] == one["id"]] == []
    with pytest.raises(NotFoundError):
        owner.look_up(one["id"])


@on_sqlite
def test_what_expired_can_be_recalled(hub: Hub, owner: Member, reader: Member) -> None:
    until = (NOW + DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    one = indicator(object_marking_refs=[owner.mark(owner.everybody, expires_at=until)])
    owner.store(one)
    reader.look_up(one["id"])
    hub.clock.pass_time(2 * DAY)
    withdrawn(owner, one["id"])
    hub.work()
    assert [value["type"] for value in reader.pull()[0] if value["type"] != "marking-definition"] == ["recall-notice"]


# --- who may --------------------------------------------------------------------------------------------------------------------


@on_sqlite
def test_what_is_absent_hidden_or_withdrawn_already_is_not_found(owner: Member, reader: Member) -> None:
    hidden, gone, kept = indicator(), indicator(), three_versions(owner)
    owner.store(hidden | {"object_marking_refs": [owner.mark_for(owner)]}, gone)
    withdrawn(owner, gone["id"])
    with pytest.raises(NotFoundError):
        withdrawn(reader, hidden["id"])
    for asked, *chosen in ([gone["id"]], ["no id"], [kept["id"], "2025-01-01T00:00:00Z"], [kept["id"], CREATED, "never"]):
        with pytest.raises(NotFoundError):
            withdrawn(owner, asked, *chosen)
    with pytest.raises(NotFoundError):
        withdrawn(reader, gone["id"])
    assert versions(owner, kept["id"]) == [CREATED, SECOND, THIRD]


@on_sqlite
def test_what_another_owns_is_not_found_even_if_it_is_seen(owner: Member, reader: Member) -> None:
    one = indicator()
    owner.store(one)
    assert reader.look_up(one["id"])
    with pytest.raises(NotFoundError):
        withdrawn(reader, one["id"])
    assert owner.look_up(one["id"])


@on_sqlite
def test_without_the_right_to_submit_nothing_is_withdrawn(hub: Hub, owner: Member) -> None:
    one = indicator()
    owner.store(one)
    for principal in (owner.principal_with(scopes=PARTNER_SCOPES - {Permission.OBJECTS_SUBMIT}), hub.operator):
        with pytest.raises(ForbiddenError):
            withdraw(hub.exchange, principal, WithdrawalRequest(one["id"]))
    assert owner.look_up(one["id"])


@on_sqlite
def test_several_owners_statements_under_one_id_are_withdrawn_each_by_its_own(owner: Member, reader: Member) -> None:
    one = indicator()
    owner.store(one)
    reader.store(one)
    withdrawn(owner, one["id"])
    assert [value["id"] for value in owner.look_up(one["id"])] == [one["id"]]
    with pytest.raises(NotFoundError):
        withdrawn(owner, one["id"])


@on_sqlite
def test_the_same_key_withdraws_once(hub: Hub, owner: Member) -> None:
    one = indicator()
    owner.store(one)
    use = key_use(owner.principal, "objects/<stix_id>/withdrawal", "once", b"body")
    first = withdraw(hub.exchange, owner.principal, WithdrawalRequest(one["id"]), use)
    assert withdraw(hub.exchange, owner.principal, WithdrawalRequest(one["id"]), use) == first


@on_sqlite
def test_it_is_recorded_with_its_versions_its_event_and_its_work(hub: Hub, owner: Member) -> None:
    one = three_versions(owner)
    withdrawn(owner, one["id"], CREATED, THIRD, reason=RecallReason.ERROR, act=RecallAct.DELETE)
    with hub.exchange.database.read() as connection:
        assert connection.execute(select(recall_version.c.version_id)).scalars().all() == [1, 3]
        [record] = connection.execute(select(event).where(event.c.event == Event.OBJECT_WITHDRAW)).all()
        assert (record.partner_id, record.subject, record.code) == (owner.id, "1", "error")
        assert work.has_waiting(connection, NOTIFY_RECALL)


# --- stated again ---------------------------------------------------------------------------------------------------------------


@on_sqlite
def test_a_withdrawn_version_does_not_come_back_whatever_its_content(owner: Member) -> None:
    one = indicator()
    signed = owner.sign(one)
    owner.submit(signed, sign=False)
    withdrawn(owner, one["id"])
    again = owner.submit(signed, owner.sign(one | {"name": "Else"}), sign=False)
    assert outcomes(again.results) == [Code.VERSION_WITHDRAWN] * 2
    assert again.results[0].refusal is not None
    assert again.results[0].refusal.pointer == "/objects/0/modified"
    with pytest.raises(NotFoundError):
        owner.look_up(one["id"])


@on_sqlite
def test_newer_and_older_versions_than_the_withdrawn_ones_are_taken(owner: Member, reader: Member) -> None:
    one = indicator()
    middle = newer(one, SECOND)
    owner.store(middle)
    withdrawn(owner, one["id"])
    owner.store(one)
    assert [value["modified"] for value in reader.look_up(one["id"])] == [CREATED]
    owner.store(newer(one, THIRD))
    assert versions(reader, one["id"]) == [CREATED, THIRD]


@on_sqlite
def test_a_withdrawn_version_governs_nothing(owner: Member, reader: Member) -> None:
    one = indicator()
    narrow = newer(one, THIRD, object_marking_refs=[owner.mark_for(owner)])
    owner.store(narrow)
    withdrawn(owner, one["id"])
    owner.store(newer(one, SECOND))
    assert versions(reader, one["id"]) == [SECOND]


@on_sqlite
def test_a_withdrawn_revocation_revokes_nothing(owner: Member, reader: Member) -> None:
    one = indicator()
    owner.store(one, newer(one, SECOND, revoked=True))
    withdrawn(owner, one["id"], SECOND)
    owner.store(newer(one, THIRD))
    assert versions(reader, one["id"]) == [CREATED, THIRD]


@on_sqlite
def test_an_observable_is_stored_anew_by_its_owner(hub: Hub, owner: Member) -> None:
    one = user_account()
    signed = owner.sign(one)
    owner.submit(signed, sign=False)
    withdrawn(owner, one["id"])
    hub.clock.pass_time(DAY)
    assert outcomes(owner.submit(signed, sign=False).results) == ["stored"]
    assert outcomes(owner.submit(signed, sign=False).results) == ["already-stored"]
    assert len(versions(owner, one["id"])) == 1


@on_sqlite
def test_who_passes_an_observable_on_does_not_bring_it_back(hub: Hub, owner: Member) -> None:
    relay = hub.enrol("Relay", write={"passes_on": frozenset({owner.id})})
    signed = owner.sign(user_account())
    assert outcomes(relay.submit(signed, sign=False).results) == ["stored"]
    withdrawn(owner, signed["id"])
    assert outcomes(relay.submit(signed, sign=False).results) == [Code.VERSION_WITHDRAWN]


@on_sqlite
def test_a_withdrawn_marking_does_not_come_back_and_marks_nothing(owner: Member) -> None:
    mark = marking(owner.everybody)
    owner.store(mark)
    withdrawn(owner, mark["id"])
    one = indicator(object_marking_refs=[mark["id"]])
    assert outcomes(owner.submit(one).results) == [Code.HANDLING_UNRESOLVED]
    assert outcomes(owner.submit(mark, one).results) == [Code.VERSION_WITHDRAWN, Code.HANDLING_UNRESOLVED]


# --- what refers to it ----------------------------------------------------------------------------------------------------------


def test_what_refers_to_a_withdrawn_object_stays(hub: Hub, owner: Member, reader: Member) -> None:
    one = indicator()
    about = report([one["id"]])
    owner.store(one)
    reader.store(about)
    withdrawn(owner, one["id"])
    hub.work()
    for member in (owner, reader):
        assert (about["id"], CREATED) in member.sees()


def test_what_refers_to_a_withdrawn_identifying_object_is_its_owners_alone_from_that_commit_on(
    hub: Hub, owner: Member, reader: Member
) -> None:
    author = hub.enrol("Author")
    mark = owner.mark_for(reader, author, owner)
    account = user_account(object_marking_refs=[mark])
    owner.store(account)
    named = author.add_audience(partners_in=[member.id for member in (owner, reader, author)])
    about = report([account["id"]], object_marking_refs=[author.mark(named)], extensions=context(sensitivity="identifying"))
    author.store(about)
    assert (about["id"], CREATED) in reader.sees()
    withdrawn(owner, account["id"])
    assert (about["id"], CREATED) not in reader.sees()
    hub.work()
    assert (about["id"], CREATED) not in reader.sees()
    assert (about["id"], CREATED) in author.sees()
    with pytest.raises(NotFoundError):
        reader.look_up(about["id"])


@on_sqlite
def test_while_a_version_of_it_is_left_what_refers_to_it_stays(hub: Hub, owner: Member, reader: Member) -> None:
    stated = context(sensitivity="identifying")
    mark = owner.mark_for(owner, reader)
    one = indicator(stated=stated, object_marking_refs=[mark])
    about = report([one["id"]], extensions=stated, object_marking_refs=[mark])
    owner.store(one, newer(one, SECOND))
    owner.store(about)
    withdrawn(owner, one["id"], SECOND)
    hub.work()
    assert (about["id"], CREATED) in reader.sees()
    withdrawn(owner, one["id"])
    assert (about["id"], CREATED) not in reader.sees()


@on_sqlite
def test_references_to_a_withdrawn_object_count_as_absent(hub: Hub, owner: Member, reader: Member) -> None:
    secret = indicator(object_marking_refs=[owner.mark_for(owner, reader)])
    owner.store(secret)
    withdrawn(owner, secret["id"])
    stranger = hub.enrol("Stranger")
    about = report([secret["id"]])
    [result] = reader.store(about)
    assert result.narrowed_by == ()
    assert stranger.look_up(about["id"])


# --- notices are not the owner's to withdraw ------------------------------------------------------------------------------------


@on_sqlite
def test_a_notice_about_a_withdrawal_cannot_be_withdrawn(hub: Hub, owner: Member, reader: Member) -> None:
    one = indicator()
    owner.store(one)
    reader.look_up(one["id"])
    withdrawn(owner, one["id"])
    hub.work()
    [notice] = reader.pull()[0]
    entry = read_signature(notice)
    verify_object(notice, entry, hub.exchange.keys.statements.public)
    for member in (owner, reader):
        with pytest.raises(NotFoundError):
            withdrawn(member, notice["id"])
    with pytest.raises(NotFoundError):
        object_receipt(hub.exchange, owner.principal, notice["id"], None)
    assert reader.look_up(notice["id"])


@on_sqlite
def test_nobody_but_the_exchange_states_a_recall(owner: Member, reader: Member) -> None:
    forged = {
        "type": "recall-notice",
        "spec_version": "2.1",
        "id": stix_id("recall-notice"),
        "created": CREATED,
        "modified": CREATED,
        "recalled": [{"stix_id": stix_id("indicator")}],
        "reason": "error",
        "act": "delete",
        "extensions": {RECALL_NOTICE: {"extension_type": "new-sdo"}},
    }
    [result] = owner.submit(forged).results
    assert result.refusal is not None
    assert (result.refusal.code, result.refusal.pointer) == (Code.TERMS_EXCEEDED, "/objects/0/type")
    assert reader.sees() == []
