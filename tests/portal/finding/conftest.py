"""An exchange whose hotline reads in the portal what the platform publishes."""

from __future__ import annotations

import pytest

from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_finders import analyst_of, reads_in_the_portal
from tests.factories.portal_visitors import Visitor


@pytest.fixture
def publisher(running: RunningExchange, platform: FakePartner) -> FakePartner:
    """A platform that publishes to everybody, and reads in the portal."""
    return reads_in_the_portal(running, platform)


@pytest.fixture
def analyst(running: RunningExchange, publisher: FakePartner, hotline: FakePartner) -> Visitor:
    """Somebody of a hotline, who reads in the portal."""
    assert publisher.partner_id != hotline.partner_id
    return analyst_of(running, reads_in_the_portal(running, hotline))
