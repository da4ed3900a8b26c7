from __future__ import annotations

from typing import Any

import pytest
import stix2

from app.domain.subject_request import FindingGround, Selector, SelectorKind, SubjectAct, SubjectState
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.subjects import look_for
from tests.factories.members import Hub
from tests.factories.stix_objects import context, indicator, newer, report
from tests.factories.subject_requests import ADDRESS, Office


def observable(address: str = ADDRESS) -> dict[str, Any]:
    made: dict[str, Any] = dict(stix2.v21.EmailAddress(value=address)) | {"spec_version": "2.1"}
    return made | {"extensions": context(sensitivity="identifying")}


def test_everybodys_versions_hidden_or_not_and_what_refers_to_them_are_found(hub: Hub) -> None:
    office, a, b = Office(hub), hub.enrol("Platform A"), hub.enrol("Hotline B")
    listed = observable()
    a.store(listed)
    pattern = indicator(pattern=f"[email-addr:value = '{ADDRESS.upper()}']")
    b.store(pattern)
    later = newer(pattern, name="Renamed")
    b.store(later)
    referring, other = report([listed["id"]]), indicator()
    b.store(referring, other)
    withdraw(hub.exchange, b.principal, WithdrawalRequest(referring["id"]))
    request = office.look_up()
    seen = office.see(request)
    assert seen.request.state is SubjectState.LOOKED_UP
    found = {(one.stix_id, one.ground, one.is_withdrawn) for one in seen.findings or ()}
    assert found == {
        (listed["id"], FindingGround.ID, False),
        (pattern["id"], FindingGround.CONTENT, False),
        (referring["id"], FindingGround.CONTENT, True),
    }
    assert len(seen.findings or ()) == 4
    assert seen.counts == {"content": 3, "id": 1, "reference": 0}


def test_what_refers_to_an_observable_that_only_its_content_gave_away_is_found(office: Office) -> None:
    member = office.hub.enrol("Platform A")
    listed = observable() | {"id": "email-addr--0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"}
    referring = report([listed["id"]])
    member.store(listed, referring)
    found = {one.stix_id: one.ground for one in office.see(office.look_up()).findings or ()}
    assert found == {listed["id"]: FindingGround.CONTENT, referring["id"]: FindingGround.REFERENCE}


def test_nothing_is_found_of_somebody_else(office: Office) -> None:
    office.hub.enrol("Platform A").store(observable("another@mail.example.org"))
    assert office.see(office.look_up()).findings == []


def test_a_search_goes_on_batch_by_batch_and_ends_at_what_was_there_when_it_was_agreed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_for, "_CONTENTS_AT_ONCE", 2)
    member = office.hub.enrol("Platform A")
    values = [indicator(pattern=f"[email-addr:value = '{ADDRESS}']") for _ in range(5)]
    member.store(*values)
    request = office.open()
    office.agree(office.propose(request, SubjectAct.LOOKUP))
    late = indicator(pattern=f"[email-addr:value = '{ADDRESS}']")
    member.store(late)
    batches = office.hub.work()
    assert batches >= 3
    assert {one.stix_id for one in office.see(request).findings or ()} == {one["id"] for one in values}


def test_a_second_look_up_replaces_the_first(office: Office) -> None:
    member = office.hub.enrol("Platform A")
    request = office.look_up(Selector(SelectorKind.EMAIL, ADDRESS))
    member.store(observable())
    office.do(request, SubjectAct.LOOKUP)
    assert len(office.see(request).findings or ()) == 1


def test_work_for_a_request_that_is_not_looking_does_nothing(office: Office) -> None:
    request, now = office.open(), office.hub.clock.now
    with office.hub.exchange.database.write() as connection:
        assert look_for.look_some(connection, {"request_id": request.request_id}, now) is None
        assert look_for.look_some(connection, {"request_id": "gone"}, now) is None
    assert office.see(request).request.state is SubjectState.OPEN
