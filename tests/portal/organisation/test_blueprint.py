from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole
from app.portal.organisation import BLUEPRINTS
from app.portal.organisation.blueprint import PLACES
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import entered
from tests.factories.portal_world import portal_of


@pytest.mark.parametrize("role", list(MemberRole))
def test_every_member_can_open_all_that_is_beside(running: RunningExchange, platform: FakePartner, role: MemberRole) -> None:
    visitor = entered(running, platform, role)
    beside = visitor.get("/organisation").text.partition('class="beside"')[2].partition("</nav>")[0]
    with portal_of(running).test_request_context():
        paths = [(portal_of(running).url_for(one.endpoint, _external=False), one.title) for one in PLACES]
    for path, title in paths:
        assert visitor.get(path).status == (200 if f">{title}<" in beside else 403), (role, title)


def test_all_parts_hang_below_one_entry_of_the_head() -> None:
    assert {one.section for one in BLUEPRINTS} == {"organisation.show"}


def test_people_of_a_suspended_partner_are_refused_on_every_page_alike(running: RunningExchange, platform: FakePartner) -> None:
    visitor = entered(running, platform, MemberRole.ADMINISTRATOR)
    assert running.operator.patch(f"partners/{platform.partner_id}", {"state": "suspended"}).status == 200
    with portal_of(running).test_request_context():
        paths = [portal_of(running).url_for(one.endpoint, _external=False) for one in PLACES]
    for path in ("/", "/patterns", "/exchange", *paths, "/organisation/nothing-here"):
        page = visitor.get(path)
        assert (page.status, "Your organisation is not active here." in page.words) == (403, True), path
        assert "You may not do this" in page.words
