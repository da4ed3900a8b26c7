from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError
from app.domain.vocabulary import StaffRole
from app.services.limiting.count_usage import Use
from app.services.limiting.look_at_usage import usage_today
from app.services.signing_in.sessions import find_session
from tests.factories.exchanges import FakePartner, RunningExchange, agreement_document
from tests.factories.furnished import furnished, hotline, platform, running
from tests.factories.portal_visitors import entered
from tests.factories.stix_objects import indicator

__all__ = ["furnished", "hotline", "platform", "running"]


def test_use_stands_against_the_agreement_else_the_exchange(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    document = agreement_document(platform.partner_id, platform.audience_id)
    document["read"] = document["read"] | {"volume": {"versions_per_day": 10, "lookups_per_day": 3}}
    running.agree(document)
    assert hotline.submit(indicator()).status == 201
    assert platform.pull().status == 200
    operator = find_session(running.exchange, entered(running, None, StaffRole.OPERATOR).secret).principal
    used = {one.partner.name: one for one in usage_today(running.exchange, operator)}
    assert (used["Platform"].given, used["Platform"].looked_up) == (Use(1, 10), Use(0, 3))
    assert used["Hotline"].sent == Use(1, running.exchange.budgets.objects_per_day)
    auditor = find_session(running.exchange, entered(running, None, StaffRole.AUDITOR).secret).principal
    with pytest.raises(ForbiddenError):
        usage_today(running.exchange, auditor)
