"""Hotlines are found by jurisdiction, where their agreement lists them."""

from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError, MalformedInputError
from app.domain.vocabulary import Role
from app.services.requesting.competent_hotlines import Competent, competent_hotlines
from tests.factories.members import Hub, Member


def test_a_listed_hotline_of_the_jurisdiction_is_found(quick_hub: Hub, platform: Member) -> None:
    hotline = quick_hub.enrol("Hotline", role=Role.HOTLINE, jurisdiction="NL")
    assert competent_hotlines(quick_hub.exchange, platform.principal, "NL") == Competent([], [])
    hotline.agree(is_listed=True)
    found = competent_hotlines(quick_hub.exchange, platform.principal, "NL")
    assert [one.identity_id for one in found.hotlines] == [hotline.partner.identity_id]
    with pytest.raises(ForbiddenError):
        competent_hotlines(quick_hub.exchange, quick_hub.operator, "NL")


def test_where_there_is_none_the_jurisdictions_that_have_one_are_said(quick_hub: Hub, platform: Member) -> None:
    for name, jurisdiction in (("Hotline A", "NL"), ("Hotline B", "IE"), ("Hotline C", "NL")):
        quick_hub.enrol(name, role=Role.HOTLINE, jurisdiction=jurisdiction).agree(is_listed=True)
    quick_hub.enrol("Hotline unlisted", role=Role.HOTLINE, jurisdiction="FR")
    assert competent_hotlines(quick_hub.exchange, platform.principal, "DE") == Competent([], ["IE", "NL"])


@pytest.mark.parametrize("code", ["XX", "QQ", "nl", "UK", ""])
def test_a_code_that_no_jurisdiction_has_is_refused(quick_hub: Hub, platform: Member, code: str) -> None:
    with pytest.raises(MalformedInputError):
        competent_hotlines(quick_hub.exchange, platform.principal, code)
