"""What a breach report adds up, and of whom it tells."""

from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event
from app.domain.vocabulary import Channel, Extent, Purpose, Sensitivity, Tlp
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.ledger import breach_report as module
from app.services.ledger.breach_report import Breach, breach_report
from app.services.membership.issue_credentials import NewCredential, issue_credential
from app.services.reading.pull import Filters, PageRequest, pull_manifest
from app.storage.events import events
from tests.factories.exporting import define
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import context, indicator, newer, user_account


@pytest.fixture
def third(quick_hub: Hub) -> Member:
    return quick_hub.enrol("Platform C")


def _credential(member: Member) -> str:
    return member.principal.credential.credential_id


def test_each_publisher_has_a_part_of_what_was_given(quick_hub: Hub, publisher: Member, other: Member, third: Member) -> None:
    account = user_account("account-1", extensions=context(harm_types=["csam"], sensitivity="identifying"))
    one = indicator()
    publisher.store(one, newer(one), account | {"object_marking_refs": [publisher.mark_for(third)]})
    other.store(indicator())
    third.page()
    quick_hub.clock.pass_time(DAY)
    third.look_up(account["id"], purpose=Purpose.INVESTIGATION)
    report = breach_report(quick_hub.exchange, quick_hub.operator, Breach(_credential(third)))
    assert report.recipient == third.partner
    by_name = {part.publisher.name: part for part in report.publishers if part.publisher}
    assert by_name.keys() == {publisher.partner.name, other.partner.name}
    part = by_name[publisher.partner.name]
    assert (part.answers, part.versions, part.objects, part.identifying_objects, part.observables) == (2, 4, 3, 1, 1)
    assert (part.sensitivities[Sensitivity.IDENTIFYING], part.extents[Extent.CONTENT]) == (1, 2)
    assert (part.first_at, part.last_at, part.purposes) == (NOW, NOW + DAY, {Purpose.DETECTION, Purpose.INVESTIGATION})
    assert (report.altogether.answers, report.altogether.versions, part.listed) == (2, 5, None)
    assert by_name[other.partner.name].answers == 1


def test_a_part_asked_for_alone_tells_of_nobody_else(quick_hub: Hub, publisher: Member, other: Member, third: Member) -> None:
    value = indicator()
    publisher.store(value)
    other.store(indicator(), indicator())
    third.page()
    other.page()
    report = breach_report(quick_hub.exchange, quick_hub.operator, Breach(partner_id=third.id, publisher_id=publisher.id))
    [part] = report.publishers
    assert (report.altogether.versions, report.altogether.answers, part.versions) == (1, 1, 1)
    assert part.listed is not None
    assert [(one.stix_id, one.times, one.extent) for one in part.listed] == [(value["id"], 1, Extent.CONTENT)]


def test_a_period_bounds_it_and_a_manifest_gave_ids_alone(quick_hub: Hub, publisher: Member, other: Member) -> None:
    publisher.store(indicator())
    other.page()
    quick_hub.clock.pass_time(DAY)
    pull_manifest(quick_hub.exchange, other.reader(channel=Channel.TAXII), PageRequest(Filters(), None, 9))
    asked = Breach(_credential(other), since=NOW + DAY, until=NOW + 2 * DAY, publisher_id=publisher.id)
    report = breach_report(quick_hub.exchange, quick_hub.operator, asked)
    [part] = report.publishers
    assert report.credential_ids == ()  # the reader's affair, and not the publisher's
    assert (part.answers, part.channels, dict(part.extents)) == (1, {Channel.TAXII}, {Extent.IDS: 1})
    assert part.listed
    assert part.listed[0].extent is Extent.IDS
    none = breach_report(quick_hub.exchange, quick_hub.operator, Breach(_credential(other), until=NOW))
    assert (none.publishers, none.altogether.versions) == ([], 0)


def test_what_was_issued_with_it_counts_if_asked(quick_hub: Hub, other: Member) -> None:
    new = NewCredential(other.id, "second", PARTNER_SCOPES, None, Tlp.RED, NOW + DAY)
    second = issue_credential(quick_hub.exchange, other.principal, new)
    reports = [
        breach_report(quick_hub.exchange, quick_hub.operator, Breach(_credential(other), issued_too=too)) for too in (False, True)
    ]
    assert [len(report.credential_ids) for report in reports] == [1, 2]
    assert second.credential.credential_id in reports[1].credential_ids


def test_it_is_recorded_who_asked_about_whom(quick_hub: Hub, other: Member) -> None:
    breach_report(quick_hub.exchange, quick_hub.operator, Breach(_credential(other)))
    with quick_hub.exchange.database.read() as connection:
        record = events(connection, 0, 10_000)[-1][1]
    assert (record.event, record.partner_id, record.subject) == (Event.DISCLOSURE_REPORT, other.id, _credential(other))


def test_it_is_about_one_that_exists_and_for_staff(
    quick_hub: Hub, publisher: Member, other: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    for asked, refusal in (
        (Breach(), MalformedInputError),
        (Breach("a", "b"), MalformedInputError),
        (Breach("nobody"), NotFoundError),
        (Breach(partner_id="nobody"), NotFoundError),
    ):
        with pytest.raises(refusal):
            breach_report(quick_hub.exchange, quick_hub.operator, asked)
    with pytest.raises(ForbiddenError):
        breach_report(quick_hub.exchange, other.principal, Breach(_credential(other)))
    publisher.store(indicator())
    other.page()
    other.page()
    monkeypatch.setattr(module, "_AT_ONCE", 1)
    monkeypatch.setattr(module, "MOST_ROWS", 1)
    with pytest.raises(MalformedInputError, match="shorter"):
        breach_report(quick_hub.exchange, quick_hub.operator, Breach(_credential(other)))


def test_it_names_the_files_of_exports_and_whether_they_are_there(quick_hub: Hub, publisher: Member, other: Member) -> None:
    one = indicator()
    publisher.store(one, indicator())
    export = define(other)
    export.run()
    publisher.store(indicator())
    export.later()
    asked = Breach(_credential(other))
    report = breach_report(quick_hub.exchange, quick_hub.operator, asked)
    assert [(file.number, file.name, file.objects) for file in report.files] == [
        (1, "00000001-snapshot-0001.ndjson", 2),
        (2, "00000002-delta-0001.ndjson", 1),
    ]
    assert {file.definition_id for file in report.files} == {export.definition.definition_id}
    assert all(file.published_at and not file.barred_at and not file.gone_at for file in report.files)
    withdraw(quick_hub.exchange, publisher.principal, WithdrawalRequest(one["id"]))
    quick_hub.work()
    first, second = breach_report(quick_hub.exchange, quick_hub.operator, asked).files
    assert (first.name, first.objects, second.gone_at) == ("00000001-snapshot-0001.ndjson", 2, None)
    assert first.barred_at
    assert first.gone_at
    by_partner = breach_report(quick_hub.exchange, quick_hub.operator, Breach(partner_id=other.id))
    assert [file.number for file in by_partner.files] == [1, 2]
    alone = breach_report(quick_hub.exchange, quick_hub.operator, Breach(_credential(other), publisher_id=publisher.id))
    assert alone.files == ()
