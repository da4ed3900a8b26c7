from __future__ import annotations

from app.services.drafting.keep import own_draft
from tests.factories.portal_drafts import begun, principal_of
from tests.factories.portal_visitors import Visitor

URGENT = {"urgency": "imminent-risk", "subject_status": "unknown"}


def test_it_says_whom_to_call_and_that_nobody_is_told_by_this(analyst: Visitor) -> None:
    draft = begun(analyst, URGENT)
    words = analyst.get(f"/share/drafts/{draft.draft_id}/danger").words
    assert "the police emergency number of the place where the child is" in words
    assert "This exchange reports nothing to anybody." in words
    assert "call first" in analyst.get(f"/share/drafts/{draft.draft_id}").words


def test_whom_one_told_is_kept_and_one_goes_on(analyst: Visitor) -> None:
    draft = begun(analyst, URGENT)
    path = f"/share/drafts/{draft.draft_id}/danger"
    analyst.get(path)
    given = {"revision": "1", "reported_body": "Police", "reported_at": "2026-01-05T09:00", "reported_reference": ""}
    assert analyst.post(path, given).headers["Location"].endswith(draft.draft_id)
    kept = own_draft(analyst.running.exchange, principal_of(analyst), draft.draft_id)
    assert kept.document["already_reported_to"] == [{"body": "Police", "reported_at": "2026-01-05T09:00:00Z"}]


def test_a_person_is_not_named_as_whom_one_told(analyst: Visitor) -> None:
    draft = begun(analyst, URGENT)
    path = f"/share/drafts/{draft.draft_id}/danger"
    analyst.get(path)
    given = {"revision": "1", "reported_body": "anna.b@mail.example.org", "reported_at": "", "reported_reference": ""}
    assert analyst.post(path, given).status == 422
    assert "e-mail address" in analyst.page.words
    assert "anna.b" not in analyst.page.text


def test_anothers_draft_is_not_there(analyst: Visitor, stranger: Visitor) -> None:
    draft = begun(analyst, URGENT)
    assert stranger.get(f"/share/drafts/{draft.draft_id}/danger").status == 404
