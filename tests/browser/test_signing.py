"""A key that a browser makes, and what it signs: one story, and what the page refuses to sign."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, StaffRole
from tests.factories.browsers import PHONE, Desk, desk
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import entered
from tests.factories.signing_tasks import waiting_task
from tests.factories.stix_objects import indicator


@pytest.fixture
def partners(platform: FakePartner, hotline: FakePartner) -> tuple[FakePartner, FakePartner]:
    """Who shares, and who reads."""
    return platform, hotline


def let_count(running: RunningExchange, partner: FakePartner, keyid: str) -> None:
    """Let the browser's key take the place of a key that was lost, as two operators do."""
    assert running.operator.post(f"keys/{partner.key.public.keyid}/revocation").status == 200
    proposed = running.operator.post(f"keys/{keyid}/recovery", {"reason": "The key was lost."}).json
    second = running.staff(StaffRole.OPERATOR, Permission)
    agreed = second.post(f"approvals/{proposed['id']}/approval", {"digest": proposed["digest"], "reason": "Agreed."})
    assert agreed.status == 200, agreed.body


def make_key(one: Desk) -> str:
    one.open("/signing/browser-key")
    one.page.get_by_text("This browser has no key.").wait_for()
    one.check_accessible()
    one.choose("Make a key in this browser")
    one.page.get_by_text("It waits for an operator of the exchange.").wait_for()
    return one.page.locator("[data-keyid] code").inner_text()


def test_a_browser_makes_a_key_signs_with_it_and_another_partner_sees_what_was_shared(
    browser: Browser, url: str, running: RunningExchange, partners: tuple[FakePartner, FakePartner], pictures: Path
) -> None:
    platform, hotline = partners
    visitor, value = entered(running, platform, MemberRole.ADMINISTRATOR), indicator(name="Rooms that open and close")
    task = waiting_task(running, platform.partner_id, value)
    with desk(browser, url) as one:
        one.enter(visitor)
        keyid = make_key(one)
        let_count(running, platform, keyid)
        one.page.reload()
        one.page.get_by_text("It counts: this browser signs for your organisation.").wait_for()
        one.picture(pictures, "browser-key")
        assert (
            one.page.evaluate(
                "() => new Promise(give => { const o = indexedDB.open('breakwater-signing'); o.onsuccess = () => {"
                "const k = o.result.transaction('keys').objectStore('keys').get('own'); k.onsuccess = () =>"
                " crypto.subtle.exportKey('pkcs8', k.result.key).then(() => give('given out'), () => give('kept')); } })"
            )
            == "kept"
        )
        one.open("/signing")
        one.picture(pictures, "tasks")
        one.check_accessible()
        one.choose("Sharing with others")
        one.picture(pictures, "task")
        one.page.set_viewport_size(PHONE)
        one.page.screenshot(path=pictures / "task-phone.png", full_page=True)
        one.choose("Sign it with this browser")
        one.page.get_by_text("The fingerprint is that of what you see.").wait_for()
        one.check_accessible()
        one.picture(pictures, "signing")
        assert "Rooms that open and close" in one.page.locator("[data-shown]").inner_text()
        one.choose("Sign it")
        one.page.get_by_text("Signed and sent").wait_for()
        one.picture(pictures, "done")
    assert platform.get(f"signing-tasks/{task.task_id}").json["keyid"] == keyid
    assert value["id"] in [each["id"] for each in hotline.pull_all()]


def test_a_page_does_not_sign_what_it_does_not_show(
    browser: Browser, url: str, running: RunningExchange, platform: FakePartner
) -> None:
    visitor = entered(running, platform, MemberRole.ADMINISTRATOR)
    shown, other = waiting_task(running, platform.partner_id), waiting_task(running, platform.partner_id, indicator(name="Other"))

    def exchange_lies(route: Route) -> None:
        route.continue_(url=f"{url}/portal/signing/tasks/{other.task_id}/to-sign")

    with desk(browser, url) as one:
        one.enter(visitor)
        make_key(one)
        one.page.route("**/to-sign", exchange_lies)
        one.open(f"/signing/tasks/{shown.task_id}/in-this-browser")
        one.page.get_by_text("What would be signed is not what is shown.").wait_for()
        assert one.page.get_by_role("button", name="Sign it").is_disabled()
