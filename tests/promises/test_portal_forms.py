"""No form of the portal does anything that was not sent by a page of the sender's own session: each form of the url map is tried.

And whoever is somebody else meanwhile (signed out, other roles, gone) is it from the next request on.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.furnished import furnished, hotline, platform, running
from tests.factories.portal_visitors import COOKIE, PASSWORD, Visitor, entered, invited
from tests.factories.portal_world import NOBODY, PortalWorld, portal_pages

__all__ = ["furnished", "hotline", "platform", "running"]


@pytest.fixture
def world(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> PortalWorld:
    return PortalWorld(running, platform, hotline)


def test_every_form_is_refused_without_the_word_with_anothers_and_from_another_site(world: PortalWorld) -> None:
    stranger = entered(world.running, world.hotline, MemberRole.ADMINISTRATOR)
    stranger.get("/account")
    word = stranger.page.text.partition('name="forgery_word" value="')[2].partition('"')[0]
    assert len(word) == 64
    tried = 0
    for form in portal_pages(world.running, "POST"):
        kind = form.kinds()[0]
        visitor, rule = world.visitor(kind), form.rule.rule
        path = _path(rule)
        visitor.get("/account")
        own = visitor.page.text.partition('name="forgery_word" value="')[2].partition('"')[0]
        if kind != NOBODY:
            for wrong in ("", "0" * 64, word):
                assert visitor.post(path, {"forgery_word": wrong}).status == 403, (rule, wrong[:4])
        for site in ("cross-site", "same-site", "none"):
            assert visitor.post(path, {"forgery_word": own}, site=site).status == 403, (rule, site)
        assert visitor.post(path, {"forgery_word": own}, site=None, Origin="https://attacker.example.org").status == 403, rule
        tried += 1
    assert tried > 20


def _path(rule: str) -> str:
    """Give a path of a rule: whose thing it names does not matter before the form is looked at."""
    return "/".join("x" if part.startswith("<") else part for part in rule.split("/"))


def test_a_session_from_before_never_counts_after(world: PortalWorld) -> None:
    visitor = invited(world.running, world.administrator, MemberRole.ANALYST, "analyst.fixed")
    before = visitor.client.get_cookie(COOKIE)
    assert before is not None
    planted = Visitor(world.running, login=visitor.login, codes=visitor.codes)
    planted.client.set_cookie(COOKIE, "bws_" + "B" * 43)
    assert planted.sign_in().status == 303
    after = planted.client.get_cookie(COOKIE)
    assert after is not None
    assert after.value not in {"bws_" + "B" * 43, before.value}
    thief = Visitor(world.running)
    thief.client.set_cookie(COOKIE, "bws_" + "B" * 43)
    assert thief.get("/account").status == 303


def test_a_cookie_that_was_stolen_opens_nothing_after_signing_out(world: PortalWorld) -> None:
    visitor = entered(world.running, world.platform, MemberRole.ADMINISTRATOR)
    thief = Visitor(world.running)
    thief.client.set_cookie(COOKIE, visitor.secret)
    assert thief.get("/account").status == 200
    visitor.get("/account")
    visitor.post("/sign-out")
    for path in ("/", "/account", "/recoveries", "/review"):
        assert thief.get(path).status == 303, path


def test_roles_that_are_taken_away_count_from_the_next_page_on(world: PortalWorld) -> None:
    visitor = entered(world.running, world.platform, MemberRole.REVIEWER)
    assert visitor.get("/review").status == 200
    world.administrator.patch(f"persons/{visitor.person_id}", {"member_roles": ["data-protection"]})
    assert visitor.get("/review").status == 403
    assert "/portal/review" not in visitor.get("/account").text
    world.administrator.patch(f"persons/{visitor.person_id}", {"member_roles": []})
    visitor.get("/account")
    assert visitor.post("/review/break").status == 403


def test_a_name_that_nobody_has_is_answered_as_one_that_somebody_has(world: PortalWorld) -> None:
    invited(world.running, world.administrator, MemberRole.ANALYST, "analyst.known")
    told = []
    for name in ("analyst.known", "analyst.nobody", "NOT A NAME \N{SNOWMAN}"):
        visitor = Visitor(world.running, login=name, codes="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        for _ in range(7):
            page = visitor.sign_in("not the password, nor near it", login=name)
        told.append((page.status, page.words.replace(name, ""), sorted(page.headers.keys())))
    assert told[0] == told[1] == told[2]


def test_many_failures_from_an_address_let_it_wait_and_a_passkey_still_opens(world: PortalWorld) -> None:
    known = invited(world.running, world.administrator, MemberRole.ANALYST, "analyst.here")
    for address, opens in (("192.0.2.66", False), ("192.0.2.67", True)):
        visitor = Visitor(world.running, login=known.login, codes=known.codes)
        visitor.client.environ_base["REMOTE_ADDR"] = address
        if not opens:
            for number in range(50):
                assert visitor.sign_in("not the password, nor near it", login=f"nobody.{number}").status == 403
        assert (visitor.sign_in(PASSWORD).status == 303) is opens, address
        if not opens:
            assert visitor.post("/sign-in/passkey/options").status == 200, "passkeys are asked for as ever"
    world.running.clock.shift += timedelta(minutes=16)
    back = Visitor(world.running, login=known.login, codes=known.codes)
    back.client.environ_base["REMOTE_ADDR"] = "192.0.2.66"
    assert back.sign_in(PASSWORD).status == 303
