"""Hotlines are found by jurisdiction, where their agreement lists them."""

from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError
from app.domain.vocabulary import Role
from app.services.requesting.competent_hotlines import competent_hotlines
from tests.factories.members import Hub, Member


def test_a_listed_hotline_of_the_jurisdiction_is_found(quick_hub: Hub, platform: Member) -> None:
    hotline = quick_hub.enrol("Hotline", role=Role.HOTLINE, jurisdiction="NL")
    assert competent_hotlines(quick_hub.exchange, platform.principal, "NL") == []
    hotline.agree(is_listed=True)
    [found] = competent_hotlines(quick_hub.exchange, platform.principal, "NL")
    assert found.identity_id == hotline.partner.identity_id
    assert competent_hotlines(quick_hub.exchange, platform.principal, "IE") == []
    with pytest.raises(ForbiddenError):
        competent_hotlines(quick_hub.exchange, quick_hub.operator, "NL")
