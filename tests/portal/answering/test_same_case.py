from __future__ import annotations

from typing import Any

import pytest

from app.domain.vocabulary import MemberRole
from app.services.composing.compose_form import compose_form
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.observation_forms import writing
from tests.factories.portal_drafts import complete_form
from tests.factories.portal_readers import let_read
from tests.factories.portal_visitors import entered
from tests.factories.stix_objects import indicator, report


def test_what_stays_of_ones_own_is_listed_with_its_own_recall(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    let_read(running, platform, hotline)
    wrong, alone = indicator(name="Wrong domain"), indicator(name="Alone")
    whole = report([wrong["id"]], name="The whole case")
    assert platform.submit(wrong, alone, whole).status == 201
    of_others = report([wrong["id"]], name="A case of others")
    assert hotline.submit(of_others).status == 201
    own = entered(running, platform, MemberRole.ANALYST)
    words = own.get(f"/objects/{wrong['id']}/recall").words
    assert "Each is recalled by itself" in words
    assert "Report: The whole case" in words
    assert "A case of others" not in words
    assert f'href="/portal/objects/{whole["id"]}/recall"' in own.page.text
    assert "Indicator: Wrong domain" in own.get(f"/objects/{whole['id']}/recall").words
    assert "Nothing of yours that refers to it" in own.get(f"/objects/{alone['id']}/recall").words


@pytest.mark.parametrize("seen", [{}, {"seen": {"first": "2026-02-01T09:00:00Z", "last": "2026-02-03T09:00:00Z"}}])
def test_an_indicator_and_what_it_detects_are_of_one_case(
    running: RunningExchange, platform: FakePartner, seen: dict[str, Any]
) -> None:
    let_read(running, platform, platform)
    form = complete_form(platform, {"kind": "handle", "value": "@wrong.account"}, **seen)
    made = compose_form({"type": "observation", "review": "human-reviewed", **form}, writing()).objects
    assert platform.submit(*made).status == 201
    by_type = {one["type"]: one["id"] for one in made}
    own = entered(running, platform, MemberRole.ANALYST)
    own.get(f"/objects/{by_type['indicator']}/recall")
    assert f'href="/portal/objects/{by_type["user-account"]}/recall"' in own.page.text
    own.get(f"/objects/{by_type['user-account']}/recall")
    assert f'href="/portal/objects/{by_type["indicator"]}/recall"' in own.page.text
