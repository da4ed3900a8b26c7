"""People who draft, and who read drafts, at the portal."""

from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered


@pytest.fixture
def analyst(running: RunningExchange, platform: FakePartner) -> Visitor:
    """Somebody who drafts."""
    return entered(running, platform, MemberRole.ANALYST)


@pytest.fixture
def reviewer(running: RunningExchange, platform: FakePartner) -> Visitor:
    """Somebody of the same organisation who reads as the second."""
    return entered(running, platform, MemberRole.REVIEWER)


@pytest.fixture
def stranger(running: RunningExchange, hotline: FakePartner) -> Visitor:
    """An analyst of another organisation."""
    return entered(running, hotline, MemberRole.ANALYST)


@pytest.fixture
def read_only(running: RunningExchange, platform: FakePartner) -> Visitor:
    """Somebody who reads objects, and no drafts."""
    return entered(running, platform, MemberRole.READ_ONLY)
