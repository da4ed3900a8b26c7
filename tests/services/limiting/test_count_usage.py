from __future__ import annotations

import pytest

from app.domain.agreement import ReadVolume
from app.domain.errors import ExhaustedError
from app.domain.paging import AlarmCode
from app.services.raise_alarm import alarm_counts
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY
from tests.factories.stix_objects import indicator


def test_a_partner_is_given_what_it_may_be_given_in_a_day_and_the_page_that_reaches_it_whole(hub: Hub) -> None:
    publisher, reader = hub.enrol("Platform A"), hub.enrol("Platform B", volume=ReadVolume(versions_per_day=4))
    publisher.submit(*(indicator() for _ in range(9)))
    first = reader.page(limit=3)
    second = reader.page(first.next, limit=3)
    assert (len(first.objects), len(second.objects)) == (3, 3)
    with pytest.raises(ExhaustedError):
        reader.page(second.next, limit=3)
    hub.clock.pass_time(DAY)
    assert len(reader.page(second.next, limit=3).objects) == 3
    assert alarm_counts(hub.exchange, hub.operator)[AlarmCode.MUCH_READ] == 1


def test_who_used_everything_up_is_refused_before_anything_is_looked_up(quick_hub: Hub, publisher: Member) -> None:
    reader = quick_hub.enrol("Platform B", volume=ReadVolume(versions_per_day=1))
    seen = indicator()
    publisher.submit(seen)
    first = reader.page()
    for asked in ({"cursor": first.next}, {"types": frozenset({"ipv6-addr"})}, {"types": frozenset({"indicator"})}):
        with pytest.raises(ExhaustedError):
            reader.page(**asked)
    for stix_id in (seen["id"], indicator()["id"]):
        with pytest.raises(ExhaustedError):
            reader.look_up(stix_id)


def test_a_partner_sends_what_it_may_send_in_a_day_refused_objects_included(hub: Hub) -> None:
    partner = hub.enrol("Platform A")
    partner.agree(write={"objects_per_day": 4})
    partner.submit(indicator(), {"type": "nonsense"})
    partner.submit(indicator(), indicator(), indicator())
    with pytest.raises(ExhaustedError):
        partner.submit(indicator())
    hub.clock.pass_time(DAY)
    partner.submit(indicator())
    assert alarm_counts(hub.exchange, hub.operator)[AlarmCode.MUCH_SENT] == 1


def test_the_limit_of_one_is_nobody_elses(quick_hub: Hub, publisher: Member, other: Member) -> None:
    reader = quick_hub.enrol("Hotline A", volume=ReadVolume(versions_per_day=1))
    publisher.submit(indicator(), indicator())
    reader.page(limit=1)
    with pytest.raises(ExhaustedError):
        reader.page(limit=1)
    assert len(other.pull()[0]) == 2
