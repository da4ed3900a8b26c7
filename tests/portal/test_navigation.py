from __future__ import annotations

from app.domain.vocabulary import MemberRole
from app.portal.navigation import SECTIONS
from app.web.context import MOUNTED
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered, invited


def test_nobody_is_offered_anything(running: RunningExchange) -> None:
    assert "<nav" not in Visitor(running).get("/sign-in").text


def test_who_is_signed_in_can_open_all_that_they_are_offered(running: RunningExchange, platform: FakePartner) -> None:
    [portal] = running.app.extensions[MOUNTED]
    administrator = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    for role in (MemberRole.ADMINISTRATOR, MemberRole.READ_ONLY, MemberRole.DATA_PROTECTION):
        visitor = invited(running, administrator, role, f"{role}.a")
        visitor.get("/")
        visitor.post("/purpose", {"purpose": "detection", "back": "/"})
        offered = visitor.get("/").text.partition("<nav")[2].partition("</nav>")[0]
        with portal.test_request_context():
            paths = {one.title: portal.url_for(one.endpoint, _external=False) for one in SECTIONS}
        shown = {title: path for title, path in paths.items() if title in offered}
        assert "Home" in shown
        for path in shown.values():
            assert visitor.get(path).status == 200, (role, path)


def test_of_the_pages_beside_the_one_is_marked_that_the_open_page_belongs_to(
    running: RunningExchange, platform: FakePartner
) -> None:
    administrator = entered(running, platform, MemberRole.ADMINISTRATOR)
    member = f"/organisation/members/{administrator.person_id}"
    for path, current in (("/organisation/members", "page"), (member, "true")):
        beside = administrator.get(path).text.partition('<nav class="beside"')[2].partition("</nav>")[0]
        assert beside.count("aria-current") == 1
        assert f'href="/portal/organisation/members" aria-current="{current}"' in beside
