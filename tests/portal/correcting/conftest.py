"""An indicator of the platform that the hotline was given, and people of both."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_readers import let_read
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import indicator


@pytest.fixture
def published(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> dict[str, Any]:
    """An indicator of the platform, which the hotline was given."""
    let_read(running, platform, hotline)
    value = indicator()
    assert platform.submit(value).status == 201
    hotline.pull()
    return value


@pytest.fixture
def analyst(running: RunningExchange, platform: FakePartner) -> Visitor:
    """Somebody who drafts."""
    return entered(running, platform, MemberRole.ANALYST)


@pytest.fixture
def reviewer(running: RunningExchange, platform: FakePartner) -> Visitor:
    """Somebody of the same organisation who reads as the second."""
    return entered(running, platform, MemberRole.REVIEWER)


@pytest.fixture
def given(published: dict[str, Any]) -> dict[str, Any]:
    """What the form sends as it stands, with a reason."""
    return {
        "version": published["modified"],
        "revision": "",
        "reason": "outdated",
        "name": published["name"],
        "description": published["description"],
        "confidence": "",
        "valid_until": "",
        "harm_types": ["live-streamed-csa"],
    }
