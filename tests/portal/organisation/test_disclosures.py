from __future__ import annotations

import csv
import io

import pytest

from app.domain.vocabulary import MemberRole
from app.services.ledger import disclosure_table
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import indicator

LEDGER = "/organisation/disclosures"
TABLE = f"{LEDGER}/table.csv"


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
    assert "Hotline Finding abuse on one's own service Programs (REST) Content" in shown
    assert "their role and country" in shown
    assert given in reviewer.get(f"{LEDGER}?object={given}&partner={hotline.partner_id}&since=2020-01-01&until=2999-01-01").words
    for other in (f"object={indicator()['id']}", "partner=nobody", "until=2020-01-01"):
        assert "Nothing in this span" in reviewer.get(f"{LEDGER}?{other}").words
        assert "shown to nobody" not in reviewer.page.words


@pytest.mark.parametrize("field", ["object", "partner", "credential"])
def test_what_is_no_text_in_an_address_is_refused(running_on_both: RunningExchange, field: str) -> None:
    administrator = entered(running_on_both, running_on_both.enrol("Platform A"), MemberRole.ADMINISTRATOR)
    for path in (f"{LEDGER}/given", f"{LEDGER}/leaked") if field == "credential" else (LEDGER, TABLE):
        assert administrator.get(f"{path}?{field}=a%00b").status == 400


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
    assert "tests Finding abuse on one's own service Programs (REST) Content 1 version 1" in shown.words
    assert given not in shown.text
    reviewer = entered(running, hotline, MemberRole.REVIEWER)
    assert (
        "a credential of yours Finding abuse on one's own service Programs (REST) Content 1"
        in reviewer.get(f"{LEDGER}/given").words
    )
    assert "Nothing was given in that time" in reviewer.get(f"{LEDGER}/given?until=2020-01-01&since=2019-01-01").words


def test_what_a_leaked_credential_read_is_added_up(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, given: str
) -> None:
    administrator = entered(running, hotline, MemberRole.ADMINISTRATOR)
    assert hotline.object(given).status == 200
    credential_id = hotline.get("credentials").json["credentials"][0]["id"]
    shown = administrator.get(f"{LEDGER}/leaked?credential={credential_id}").words
    assert "Answers 2 Different object versions 1" in shown
    assert "Finding abuse on one's own service (2)" in shown
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
    for path in (LEDGER, TABLE, f"{LEDGER}/given", f"{LEDGER}/leaked"):
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


def _rows(visitor: Visitor, path: str) -> list[dict[str, str]]:
    answer = visitor.get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_what_was_chosen_is_downloaded_as_a_table(hotline: FakePartner, reviewer: Visitor, given: str) -> None:
    assert 'action="/portal/organisation/disclosures/table.csv"' in reviewer.get(LEDGER).text
    [row] = _rows(reviewer, f"{TABLE}?object={given}&partner={hotline.partner_id}&since=2020-01-01")
    assert 'filename="disclosures.csv"' in reviewer.page.headers["Content-Disposition"]
    assert (row["recipient_name"], row["object_id"], row["extent"], row["erased"]) == ("Hotline", given, "content", "false")
    assert "credential_id" not in row, "that is the reader's"
    for other in (f"object={indicator()['id']}", "partner=nobody", "until=2020-01-01"):
        assert _rows(reviewer, f"{TABLE}?{other}") == []


def test_a_table_holds_nothing_of_others(running: RunningExchange, hotline: FakePartner, given: str) -> None:
    theirs = entered(running, hotline, MemberRole.REVIEWER)
    assert _rows(theirs, f"{TABLE}?object={given}") == _rows(theirs, TABLE) == []


def test_a_table_that_is_cut_says_so_and_the_next_one_goes_on(
    hotline: FakePartner, reviewer: Visitor, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosure_table, "MOST_ANSWERS", 2)
    for _ in range(2):
        assert hotline.object(given).status == 200
    rows = _rows(reviewer, f"{TABLE}?object={given}")
    assert 'filename="disclosures-not-all.csv"' in reviewer.page.headers["Content-Disposition"]
    assert [one["object_id"] for one in rows] == [given, given, ""]
    assert rows[-1]["disclosed_at"].startswith("NOT ALL")
    [last] = _rows(reviewer, f"{TABLE}?object={given}&goes_on_from={rows[-1]['goes_on_from']}")
    assert (last["object_id"], last["goes_on_from"]) == (given, "")
    assert last["disclosed_at"] > rows[1]["disclosed_at"]
    wrong = reviewer.get(f"{TABLE}?goes_on_from={rows[-1]['goes_on_from']}")
    assert wrong.status == 422, "a cursor of another question"
    assert 'href="#goes_on_from">This is not where a table of the same question ended' in wrong.text
    assert given not in wrong.text


def test_a_name_that_is_a_formula_is_a_text_in_the_table(
    running: RunningExchange, platform: FakePartner, reviewer: Visitor
) -> None:
    named = running.enrol("=HYPERLINK(1);+2")
    value = indicator()
    assert platform.submit(value).status == 201
    assert named.object(value["id"]).status == 200
    [row] = _rows(reviewer, f"{TABLE}?object={value['id']}")
    assert row["recipient_name"] == "'=HYPERLINK(1);'+2"
