from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.export import FilePart
from app.domain.vocabulary import Assurance, Harm
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from tests.factories.exporting import Exporting, define
from tests.factories.members import Hub, Member, outcomes
from tests.factories.policy_values import DAY
from tests.factories.stix_objects import context, indicator


@pytest.fixture
def publisher(hub: Hub) -> Member:
    return hub.enrol("Platform A")


@pytest.fixture
def export(hub: Hub) -> Exporting:
    return define(hub.enrol("Platform B"))


def reasons(export: Exporting, number: int) -> list[tuple[str, str]]:
    lines = export.lines(number, FilePart.TOMBSTONES)
    return [(one["id"], one["reason"]) for one in lines if not one["id"].startswith("marking-")]


def test_what_was_withdrawn_is_taken_away(publisher: Member, export: Exporting) -> None:
    one, other = indicator(), indicator()
    publisher.store(one, other)
    export.run()
    export.follow()
    withdraw(publisher.hub.exchange, publisher.principal, WithdrawalRequest(one["id"]))
    publisher.hub.work()
    export.later()
    assert reasons(export, 2) == [(one["id"], "withdrawn")]
    assert other["id"] in export.holds
    assert export.holds == export.sees()
    export.later()
    assert reasons(export, 3) == []


def test_what_expired_is_taken_away(publisher: Member, export: Exporting) -> None:
    expires_at = publisher.hub.clock.now + DAY
    marking = publisher.mark(expires_at=expires_at.isoformat().replace("+00:00", "Z"))
    one = indicator(object_marking_refs=[marking])
    publisher.store(one, indicator())
    export.run()
    export.follow()
    assert one["id"] in export.holds
    export.later(timedelta(days=2))
    assert reasons(export, 2) == [(one["id"], "expired")]
    assert export.holds == export.sees()


def test_what_a_narrower_agreement_hides_is_taken_away_and_comes_back(publisher: Member, export: Exporting) -> None:
    one = indicator(stated=context(harm_types=["csam"]))
    publisher.store(one, indicator())
    export.run()
    export.follow()
    export.member.agree(harm_types=frozenset(Harm) - {Harm.CSAM})
    export.later()
    assert reasons(export, 2) == [(one["id"], "not-visible")]
    assert export.holds == export.sees()
    export.member.agree()
    export.later()
    assert one["id"] in export.holds
    assert export.holds == export.sees()


def test_an_object_of_two_owners_stays_while_one_of_them_states_it(publisher: Member, export: Exporting) -> None:
    hub = publisher.hub
    another, same = hub.enrol("Platform C"), indicator()
    for owner in (publisher, another):
        owner.agree(write={"assurances": frozenset(Assurance)})
        assert outcomes(owner.submit(same, sign=False).results) == ["stored"]
    export.run()
    export.follow()
    for owner, left in ((publisher, {same["id"]}), (another, set())):
        withdraw(hub.exchange, owner.principal, WithdrawalRequest(same["id"]))
        hub.work()
        export.later()
        assert {one["id"] for one in export.held.values() if one["type"] != "recall-notice"} == left
