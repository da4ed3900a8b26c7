from __future__ import annotations

import re

from app.domain.errors import ConflictError, MalformedInputError
from app.domain.vocabulary import MemberRole
from app.portal.operating.room import PLACES, faults_of
from app.web.context import MOUNTED
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered


def _pages(running: RunningExchange) -> list[tuple[str, str]]:
    [portal] = running.app.extensions[MOUNTED]
    return [
        (method, rule.rule)
        for rule in portal.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.rule.startswith("/exchange")
    ]


def test_nobody_of_a_partner_finds_anything_here(running: RunningExchange, platform: FakePartner) -> None:
    every = _pages(running)
    assert len(every) > 20
    visitors = [entered(running, platform, role) for role in MemberRole]
    for visitor in visitors:
        visitor.get("/account")
        for method, rule in every:
            path = re.sub(r"<[^>]*>", platform.partner_id, rule)
            answer = visitor.get(path) if method == "GET" else visitor.post(path)
            assert answer.status == 404, (method, rule)
            visitor.get("/account")
        assert "/portal/exchange" not in visitor.page.text


def test_who_is_let_in_finds_only_what_they_may_open(operator: Visitor, auditor: Visitor, protection: Visitor) -> None:
    for visitor in (operator, auditor, protection):
        shown = visitor.get("/exchange").text
        offered = set(re.findall(r'href="/portal(/exchange[^"]*)"', shown))
        assert "/exchange/partners" in offered
        for path in offered:
            assert visitor.get(path).status == 200, path
    assert len({place.endpoint for place in PLACES}) == len(PLACES)


def test_a_page_below_another_belongs_to_it(operator: Visitor, platform: FakePartner) -> None:
    shown = operator.get(f"/exchange/partners/{platform.partner_id}/agreement").text
    assert 'href="/portal/exchange/partners" aria-current="true"' in shown
    assert 'href="/portal/exchange/partners" aria-current="page"' in operator.get("/exchange/partners").text
    assert 'href="/portal/exchange" aria-current' in operator.get("/exchange").text
    assert 'href="/portal/exchange/people" aria-current="true"' in operator.get("/exchange/people/credentials").text


def test_an_auditor_writes_nothing(running: RunningExchange, auditor: Visitor, platform: FakePartner) -> None:
    may_ask = {"/exchange/ledger", "/exchange/ledger/breach", "/exchange/ledger/table", "/exchange/questions"}
    for method, rule in _pages(running):
        if method == "POST" and rule not in may_ask:
            auditor.get("/account")
            assert auditor.post(re.sub(r"<[^>]*>", platform.partner_id, rule)).status == 403, rule


def test_faults_stand_at_their_fields() -> None:
    assert faults_of(MalformedInputError("No.", pointer="/default_handling/audience_id")) == [("audience_id", "No.")]
    assert faults_of(ConflictError("No.")) == [("", "No.")]
