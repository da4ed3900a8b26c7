from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from app.domain.vocabulary import MemberRole
from app.portal.home.news import sentences
from app.services.waiting.what_followed import Followed
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.feedback import give
from tests.factories.portal_readers import let_read
from tests.factories.portal_visitors import entered
from tests.factories.stix_objects import indicator, report


def test_what_was_said_is_said_in_sentences_and_what_has_none_by_its_kind() -> None:
    by_word = Counter(
        {"outcome:actioned": 2, "sighting:seen": 1, "dispute:outdated": 1, "dispute:wrong-identifier": 2, "opinion:agree": 1}
    )
    followed = Followed(datetime(2026, 1, 1, tzinfo=UTC), by_word, {}, 1, at_least=False)
    assert sentences(followed) == [
        "1 time looked for, and seen",
        "2 times acted on, after a review by people",
        "1 opinion",
        "3 disputes",
    ]


def test_the_first_page_tells_what_came_of_ones_own(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    let_read(running, platform, hotline)
    value = indicator()
    platform.submit(value)
    give(hotline, value["id"], "outcome", "actioned")
    visitor = entered(running, platform, MemberRole.ANALYST)
    words = visitor.get("/").words
    assert "1 other organisation told what came of what you shared: 1 time acted on, after a review by people" in words
    assert "1 time acted on, after a review by people" not in entered(running, hotline, MemberRole.ANALYST).get("/").words


def test_each_new_object_leads_to_its_page_and_a_case_says_how_much_it_holds(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    let_read(running, platform, hotline)
    held = indicator()
    case, nameless = report([held["id"]], name="What one week showed"), indicator()
    del nameless["name"]
    assert platform.submit(held, case, nameless).status == 201
    page = entered(running, hotline, MemberRole.ANALYST).get("/")
    assert "Report What one week showed" in page.words
    assert "with 1 object" in page.words
    assert "Indicator without a name" in page.words
    for one in (case, nameless):
        assert f'href="/portal/objects/{one["id"]}"' in page.text
    assert f"/objects/{held['id']}" not in page.text
