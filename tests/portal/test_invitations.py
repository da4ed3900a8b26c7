"""The page of an invitation; its rules are kept by ``test_signing_in.py`` beside this and by the services' tests."""

from __future__ import annotations

import json

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import Caller, FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, invitation


@pytest.fixture
def administrator(running: RunningExchange, platform: FakePartner) -> Caller:
    return running.person(platform, running.operator, MemberRole.ADMINISTRATOR)


def test_it_says_who_is_invited_by_whom_and_shows_one_secret_as_picture_and_text(
    running: RunningExchange, administrator: Caller
) -> None:
    page = Visitor(running).get(invitation(administrator, MemberRole.ANALYST).partition("/portal")[2])
    assert "Welcome, Synthetic analyst" in page.words
    assert "for Platform." in page.words
    assert page.text.count("<svg") == 1
    assert page.headers["Referrer-Policy"] == "no-referrer", "the secret is in the address"


def test_it_says_what_this_is_what_one_may_do_and_the_rules_beforehand(running: RunningExchange, administrator: Caller) -> None:
    page = Visitor(running).get(invitation(administrator, MemberRole.ANALYST).partition("/portal")[2])
    assert "organisations that protect children" in page.words
    assert "What you may do here: analyst." in page.words
    assert "must not hold your sign-in name" in page.words


def test_a_name_is_looked_at_before_the_device_is_asked(running: RunningExchange, administrator: Caller) -> None:
    assert Visitor(running).accept(invitation(administrator, MemberRole.ANALYST), "analyst.a").status == 303
    path = invitation(administrator, MemberRole.REVIEWER).partition("/portal")[2]
    visitor = Visitor(running)
    for login, why in (("analyst.a", "Somebody has this sign-in name already"), ("A @@@ B", "A sign-in name has 3 to 100")):
        visitor.get(path)
        answer = visitor.post(f"{path}/passkey/options", {"login": login})
        assert answer.status == 422
        assert why in json.loads(answer.text)["refused"]
    visitor.get(path)
    assert visitor.post(f"{path}/passkey/options", {"login": "reviewer.a"}).status == 200


def test_the_same_secret_is_shown_again_after_a_mistake(running: RunningExchange, administrator: Caller) -> None:
    link, visitor = invitation(administrator, MemberRole.ANALYST), Visitor(running)
    assert visitor.accept(link, "analyst.a", "short").status == 422
    first = visitor.codes
    page = visitor.post(
        link.partition("/portal")[2], {"login": "analyst.a", "password": "short", "code": "1", "sealed_secret": None}
    )
    assert first in page.text


def test_a_seal_of_another_invitation_is_refused(running: RunningExchange, administrator: Caller) -> None:
    links = [invitation(administrator, role).partition("/portal")[2] for role in (MemberRole.ANALYST, MemberRole.REVIEWER)]
    visitor = Visitor(running)
    visitor.get(links[0])
    given = {"login": "analyst.a", "password": "correct horse battery staple", "code": "000000", "sealed_secret": None}
    assert visitor.post(links[1], given).status == 422


def test_a_form_from_elsewhere_sets_nothing_up(running: RunningExchange, administrator: Caller) -> None:
    path = invitation(administrator, MemberRole.ANALYST).partition("/portal")[2]
    visitor = Visitor(running)
    visitor.get(path)
    assert (
        visitor.post(path, {"login": "x", "password": "y", "code": "z", "sealed_secret": None}, site="cross-site").status == 403
    )
    assert visitor.get(path).status == 200
