from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import indicator

LEDGER = "/organisation/disclosures"


@pytest.fixture
def given(platform: FakePartner, hotline: FakePartner) -> str:
    """The id of an object of the platform that the hotline was given."""
    value = indicator()
    assert platform.submit(value).status == 201
    assert hotline.object(value["id"]).status == 200
    stix_id: str = value["id"]
    return stix_id


@pytest.fixture
def reviewer(running: RunningExchange, platform: FakePartner) -> Visitor:
    return entered(running, platform, MemberRole.REVIEWER)


def test_who_was_given_what_of_ours_is_listed(hotline: FakePartner, reviewer: Visitor, given: str) -> None:
    shown = reviewer.get(LEDGER).words
    assert given in shown
    assert "Hotline detection REST content" in shown
    assert "their role and country" in shown
    assert given in reviewer.get(f"{LEDGER}?object={given}&partner={hotline.partner_id}&since=2020-01-01&until=2999-01-01").words
    for other in (f"object={indicator()['id']}", "partner=nobody", "until=2020-01-01"):
        assert "Nothing in this span" in reviewer.get(f"{LEDGER}?{other}").words
        assert "shown to nobody" not in reviewer.page.words


def test_a_list_goes_on(running: RunningExchange, platform: FakePartner, hotline: FakePartner, reviewer: Visitor) -> None:
    value = indicator()
    assert platform.submit(value).status == 201
    for _ in range(51):
        assert hotline.object(value["id"]).status == 200
    first = reviewer.get(LEDGER)
    address = first.text.partition('class="further"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert first.text.count('<tr><th scope="row">') == 50
    assert reviewer.get(address.removeprefix("/portal")).text.count('<tr><th scope="row">') == 1
    other = entered(running, hotline, MemberRole.REVIEWER)
    assert "Nothing was given" in other.get(address.removeprefix("/portal")).words or other.page.words, "another's cursor"
    assert value["id"] not in other.page.text


def test_what_we_were_given_is_listed_without_ids(running: RunningExchange, hotline: FakePartner, given: str) -> None:
    administrator = entered(running, hotline, MemberRole.ADMINISTRATOR)
    shown = administrator.get(f"{LEDGER}/given")
    assert "tests detection REST content 1 version 1" in shown.words
    assert given not in shown.text
    reviewer = entered(running, hotline, MemberRole.REVIEWER)
    assert "a credential of yours detection REST content 1" in reviewer.get(f"{LEDGER}/given").words
    assert "Nothing was given in that time" in reviewer.get(f"{LEDGER}/given?until=2020-01-01&since=2019-01-01").words


def test_what_a_leaked_credential_read_is_added_up(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, given: str
) -> None:
    administrator = entered(running, hotline, MemberRole.ADMINISTRATOR)
    assert hotline.object(given).status == 200
    credential_id = hotline.get("credentials").json["credentials"][0]["id"]
    shown = administrator.get(f"{LEDGER}/leaked?credential={credential_id}").words
    assert "Answers 2 Different object versions 1" in shown
    assert "detection (2)" in shown
    theirs = platform.get("credentials").json["credentials"][0]["id"]
    for other in (theirs, "nobody"):
        assert administrator.get(f"{LEDGER}/leaked?credential={other}").status == 404


@pytest.mark.parametrize("wrong", ["since=soon", "until=0001-01-01", "since=9999-12-31", "next=AAAA"])
def test_what_cannot_be_read_is_said_and_lists_nothing(reviewer: Visitor, wrong: str) -> None:
    for path in (LEDGER, f"{LEDGER}/given"):
        shown = reviewer.get(f"{path}?{wrong}")
        assert shown.status == 200
        assert "One thing keeps this from going on" in shown.words


@pytest.mark.parametrize("role", list(MemberRole))
def test_who_may_look_at_the_ledger(running: RunningExchange, platform: FakePartner, role: MemberRole) -> None:
    visitor = entered(running, platform, role)
    may = role in {MemberRole.ADMINISTRATOR, MemberRole.REVIEWER, MemberRole.DATA_PROTECTION}
    for path in (LEDGER, f"{LEDGER}/given", f"{LEDGER}/leaked"):
        assert visitor.get(path).status == (200 if may else 403)


def test_what_was_shown_to_nobody_is_said_where_nothing_is_left_out(reviewer: Visitor) -> None:
    assert "shown to nobody" in reviewer.get(LEDGER).words


def test_days_that_are_reversed_are_refused_at_their_field(reviewer: Visitor, given: str) -> None:
    for path in (LEDGER, f"{LEDGER}/given"):
        shown = reviewer.get(f"{path}?since=2027-01-02&until=2027-01-01")
        assert 'href="#until">The last day lies before the first.' in shown.text
        assert 'id="until-fault"' in shown.text
        assert "Nothing" not in shown.words
        assert given not in shown.words
