"""People who answer for a hotline, and an agency that asks it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.vocabulary import MemberRole, Role
from breakwater_client.instant import instant_text
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.partner_requests import request_of
from tests.factories.portal_readers import READING, let_read
from tests.factories.portal_visitors import Visitor, entered


@pytest.fixture
def analyst(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> Visitor:
    """Somebody of the hotline, which reads at the portal as the platform does."""
    let_read(running, platform, hotline)
    return entered(running, hotline, MemberRole.ANALYST)


@pytest.fixture
def agency(running: RunningExchange) -> FakePartner:
    """An agency that reads at the portal."""
    return running.enrol("Synthetic agency", role=Role.LAW_ENFORCEMENT, agreement={"read": READING})


@pytest.fixture
def asked(running: RunningExchange, agency: FakePartner, hotline: FakePartner) -> dict[str, Any]:
    """A request of the agency to the hotline, to be answered within five days."""
    due = instant_text(running.clock() + timedelta(days=5, hours=1))
    value = request_of("information-request", [hotline.identity_id], running.clock(), respond_by=due)
    assert agency.submit(value).status == 201
    found: dict[str, Any] = agency.post("requests", {"stix_id": value["id"], "clock": None}).json
    return found
