"""An object's page from outside: what it says, what is hidden, and that the ledger has exactly what was shown."""

from __future__ import annotations

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.ledger_rows import newest_row, version_ids_of
from tests.factories.portal_finders import analyst_of, named_for, publish, reads_in_the_portal
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import TLP_RED, indicator, marking, newer, report, user_account

ABSENT = "indicator--6b9e4c8a-1111-4a4a-8a4a-000000000001"


def test_it_says_in_words_what_it_is_and_how_to_handle_it(publisher: FakePartner, analyst: Visitor) -> None:
    stix_id = publish(publisher, indicator())
    page = analyst.get(f"/objects/{stix_id}")
    assert page.status == 200, page.words
    for words in ("Indicator", "Repeated short-lived rooms", "Detect it. Look for it on one's own service.", "TLP:AMBER"):
        assert words in page.words
    assert "hxxps://rooms[.]example[.]org/1" in page.words.partition("For tools")[0]
    assert "https://rooms.example.org/1" not in page.words.partition("For tools")[0]


def test_hidden_is_absent(running: RunningExchange, publisher: FakePartner, analyst: Visitor) -> None:
    nobody = marking(publisher.register_audience())
    publish(publisher, nobody)
    hidden = publish(publisher, indicator(object_marking_refs=[nobody["id"]]))
    theirs, none = analyst.get(f"/objects/{hidden}"), analyst.get(f"/objects/{ABSENT}")
    assert (theirs.status, none.status) == (404, 404)
    assert _without_request_id(theirs.words) == _without_request_id(none.words)
    assert analyst_of(running, publisher).get(f"/objects/{hidden}").status == 200


def _without_request_id(words: str) -> str:
    return words.partition("name this id")[0]


def test_withdrawn_is_absent_for_everybody(running: RunningExchange, publisher: FakePartner, analyst: Visitor) -> None:
    stix_id = publish(publisher, indicator())
    assert analyst.get(f"/objects/{stix_id}").status == 200
    assert publisher.post(f"objects/{stix_id}/withdrawal", {}).status in {200, 201, 202}
    assert analyst.get(f"/objects/{stix_id}").status == 404
    assert analyst_of(running, publisher).get(f"/objects/{stix_id}").status == 404


def test_red_is_shown_to_a_person_here_and_to_no_program(
    running: RunningExchange, hotline: FakePartner, publisher: FakePartner, analyst: Visitor
) -> None:
    stix_id = publish(publisher, indicator(object_marking_refs=[TLP_RED]))
    assert "TLP:RED" in analyst.get(f"/objects/{stix_id}").words
    assert hotline.object(stix_id).status == 404
    amber = analyst_of(running, reads_in_the_portal(running, hotline, tlp_ceiling="amber"))
    assert amber.get(f"/objects/{stix_id}").status == 404


def test_without_the_portal_in_the_agreement_nothing_is_shown(
    running: RunningExchange, hotline: FakePartner, publisher: FakePartner
) -> None:
    stix_id = publish(publisher, indicator())
    assert hotline.object(stix_id).status == 200
    assert analyst_of(running, hotline).get(f"/objects/{stix_id}").status == 404


def test_one_page_is_one_row_of_the_ledger_with_exactly_what_it_shows(
    running: RunningExchange, publisher: FakePartner, hotline: FakePartner, analyst: Visitor
) -> None:
    named = [named_for(publisher, hotline)]
    account, rooms = user_account(object_marking_refs=named), indicator()
    told = report([rooms["id"], account["id"]], object_marking_refs=named)
    publish(publisher, rooms, account, told)
    before = newest_row(running)
    page = analyst.get(f"/objects/{rooms['id']}")
    row = newest_row(running)
    assert row.number == before.number + 1
    assert row.extent == "content"
    assert row.version_ids == version_ids_of(running, rooms["id"], told["id"])
    assert told["name"] in page.words
    assert "account-1" not in page.text


def test_what_a_report_contains_is_shown_by_its_own_publisher_alone(
    running: RunningExchange, publisher: FakePartner, hotline: FakePartner, analyst: Visitor
) -> None:
    """Else whoever guesses the id of an account, and refers to it, would learn without a question whether others list it."""
    named = [named_for(publisher, hotline)]
    account = user_account(object_marking_refs=named)
    publish(publisher, account)
    guess = report([account["id"]])
    publish(hotline, guess)
    page = analyst.get(f"/objects/{guess['id']}")
    assert page.status == 200
    assert "account-1" not in page.words
    assert "not shown" in page.words
    assert newest_row(running).version_ids == version_ids_of(running, guess["id"])
    told = report([account["id"]], object_marking_refs=named)
    publish(publisher, told)
    assert "account-1" in analyst.get(f"/objects/{told['id']}").words


def test_an_observable_is_a_question_whether_or_not_it_is_there(
    publisher: FakePartner, hotline: FakePartner, analyst: Visitor
) -> None:
    account = user_account(object_marking_refs=[named_for(publisher, hotline)])
    publish(publisher, account)
    assert analyst.get(f"/objects/{account['id']}").status == 200
    assert analyst.get(f"/objects/{user_account('nobody')['id']}").status == 404
    assert "may ask 1998 more today" in analyst.get("/search").words


def test_what_partners_write_is_text_and_opens_nothing(publisher: FakePartner, analyst: Visitor) -> None:
    said = "<xss-probe onload=alert(1)> see https://rooms.example.org/a?b=1 or write to desk@example.org"
    stix_id = publish(publisher, indicator(name="<b>Rooms</b>", description=said.partition(" or ")[0]))
    page = analyst.get(f"/objects/{stix_id}")
    assert "<xss-probe" not in page.text
    assert "<b>Rooms" not in page.text
    assert 'href="http' not in page.text
    assert "hxxps://rooms[.]example[.]org/a?b=1" in page.words


def test_several_versions_show_the_newest_and_several_publishers_each_their_own(
    publisher: FakePartner, hotline: FakePartner, analyst: Visitor
) -> None:
    value = indicator()
    publish(publisher, value)
    publish(publisher, newer(value, name="Rooms, said better"))
    publish(hotline, value | {"name": "Rooms, said by another"})
    page = analyst.get(f"/objects/{value['id']}")
    assert "Rooms, said better" in page.words
    assert "Rooms, said by another" in page.words
    assert "2 publishers state it" in page.words


@pytest.mark.parametrize("role", [MemberRole.READ_ONLY, MemberRole.REVIEWER, MemberRole.ADMINISTRATOR])
def test_whoever_reads_may_open_it(running: RunningExchange, publisher: FakePartner, role: MemberRole) -> None:
    stix_id = publish(publisher, indicator())
    assert analyst_of(running, publisher, role).get(f"/objects/{stix_id}").status == 200


def test_who_reads_no_objects_opens_none(running: RunningExchange, publisher: FakePartner) -> None:
    stix_id = publish(publisher, indicator())
    assert analyst_of(running, publisher, MemberRole.DATA_PROTECTION).get(f"/objects/{stix_id}").status == 403


def test_what_can_be_done_with_it_is_linked_for_whoever_may(
    running: RunningExchange, publisher: FakePartner, analyst: Visitor
) -> None:
    stix_id = publish(publisher, indicator())
    assert "Say what came of it" in analyst.get(f"/objects/{stix_id}").words
    assert "Recall it" not in analyst.page.words
    assert "Correct it" not in analyst.page.words
    own = analyst_of(running, publisher)
    assert "Recall it" in own.get(f"/objects/{stix_id}").words
    assert "Correct it" in own.page.words
    assert "Say what came of it" not in analyst_of(running, publisher, MemberRole.READ_ONLY).get(f"/objects/{stix_id}").words
