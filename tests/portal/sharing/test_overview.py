from __future__ import annotations

from app.services.drafting.keep import own_draft
from app.services.drafting.read_second import approve
from tests.factories.exchanges import FakePartner
from tests.factories.portal_drafts import begun, complete_form, handed_over, principal_of
from tests.factories.portal_visitors import Visitor


def test_what_is_missing_is_said_with_the_way_to_its_field(analyst: Visitor) -> None:
    draft = begun(analyst, {"what": {"title": "Rooms"}})
    page = analyst.get(f"/share/drafts/{draft.draft_id}/overview")
    assert "Choose at least one kind of harm." in page.words
    assert f'/share/drafts/{draft.draft_id}?at=harm_types#harm_types"' in page.text
    assert "To the second reader" not in page.words


def test_every_line_that_is_wrong_is_said_at_once(analyst: Visitor, platform: FakePartner) -> None:
    wrong = [{"kind": "ip", "value": "10.0.0.1"}, {"value": "40117"}]
    draft = begun(analyst, complete_form(platform, *wrong))
    words = analyst.get(f"/share/drafts/{draft.draft_id}/overview").words
    assert "Line 1: This address means another machine in each network" in words
    assert "Line 2: Say what this is." in words
    assert "2 things are still to be done" in words


def test_what_will_leave_is_shown_in_words_and_handed_over(analyst: Visitor, platform: FakePartner) -> None:
    draft = begun(analyst, complete_form(platform))
    path = f"/share/drafts/{draft.draft_id}"
    words = analyst.get(f"{path}/overview").words
    assert "hxxps[:]//files[.]example[.]org/a" in words
    assert "Who will see it" in words
    assert "a second person of your organisation reads exactly this" in words
    assert analyst.post(f"{path}/hand-over", {"revision": "1"}).headers["Location"].endswith("/overview")
    assert "A second person of your organisation reads it now" in analyst.get(f"{path}/overview").words
    assert own_draft(analyst.running.exchange, principal_of(analyst), draft.draft_id).digest


def test_an_older_revision_and_an_incomplete_one_are_not_handed_over(analyst: Visitor, platform: FakePartner) -> None:
    draft, empty = begun(analyst, complete_form(platform)), begun(analyst, {})
    for one, revision in ((draft, "7"), (draft, "x"), (empty, "1")):
        analyst.get(f"/share/drafts/{one.draft_id}/overview")
        assert analyst.post(f"/share/drafts/{one.draft_id}/hand-over", {"revision": revision}).status == 409


def test_an_audience_of_somebody_else_keeps_it_from_being_handed_over(analyst: Visitor, platform: FakePartner) -> None:
    form = complete_form(platform)
    form["who_may_know"]["audience_id"] = "audience--2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"
    draft = begun(analyst, form)
    words = analyst.get(f"/share/drafts/{draft.draft_id}/overview").words
    assert "you have not registered" in words
    assert "To the second reader" not in words


def test_an_approved_one_waits_for_the_signature(analyst: Visitor, reviewer: Visitor, platform: FakePartner) -> None:
    handed = handed_over(analyst, complete_form(platform))
    approve(analyst.running.exchange, principal_of(reviewer), handed.draft_id, str(handed.digest))
    words = analyst.get(f"/share/drafts/{handed.draft_id}/overview").words
    assert "It waits for your organisation's signature" in words
    assert "/portal/signing/tasks/" in analyst.page.text
    assert "Take it back" not in words


def test_another_organisation_finds_nothing(analyst: Visitor, stranger: Visitor, platform: FakePartner) -> None:
    draft = begun(analyst, complete_form(platform))
    assert stranger.get(f"/share/drafts/{draft.draft_id}/overview").status == 404
    stranger.get("/share")
    assert stranger.post(f"/share/drafts/{draft.draft_id}/hand-over", {"revision": "1"}).status == 404
