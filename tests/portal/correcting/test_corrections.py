"""Keeps a correction's way at the portal: said before, read by another, signed; and from outside what is not theirs."""

from __future__ import annotations

from typing import Any

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_drafts import begun, complete_form, corrected
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import newer


def test_a_correction_is_read_by_another_before_it_waits_for_the_signature(
    running: RunningExchange, platform: FakePartner, analyst: Visitor, reviewer: Visitor, published: dict[str, Any]
) -> None:
    draft = corrected(analyst, published["id"], name="Rooms that close within minutes")
    path = f"/share/corrections/{draft.draft_id}"
    assert analyst.get(f"/share/drafts/{draft.draft_id}").headers["Location"] == f"/portal{path}"
    assert analyst.get(f"/share/drafts/{draft.draft_id}/overview").headers["Location"] == f"/portal{path}"
    assert "Rooms that close within minutes Correction" in analyst.get("/share").words
    analyst.get(path)
    done = analyst.post(f"{path}/hand-over", {"revision": str(draft.revision)})
    assert done.status == 303, done.words
    assert "A second person of your organisation reads it now" in analyst.get(path).words
    assert "Correction 1 indicator" in reviewer.get("/review").words
    read = f"/review/drafts/{draft.draft_id}"
    words = reviewer.get(read).words
    assert f"In one line {published['name']} Rooms that close within minutes" in words
    assert "1 organisation was given an older version: Hotline." in words
    digest = reviewer.page.text.partition('name="digest" value="')[2].partition('"')[0]
    assert "You entered this yourself" in analyst.get(read).words
    assert analyst.post(f"{read}/approval", {"digest": digest}).status == 409
    reviewer.get(read)
    assert reviewer.post(f"{read}/approval", {"digest": digest}).status == 303
    assert "It waits for your organisation's signature" in analyst.get(path).words
    administrator = entered(running, platform, MemberRole.ADMINISTRATOR)
    own = corrected(administrator, published["id"])
    assert "Hotline" in administrator.get(f"/share/corrections/{own.draft_id}").words


def test_what_came_back_is_changed(analyst: Visitor, reviewer: Visitor, published: dict[str, Any], given: dict[str, Any]) -> None:
    draft = corrected(analyst, published["id"])
    path = f"/share/corrections/{draft.draft_id}"
    analyst.get(path)
    analyst.post(f"{path}/hand-over", {"revision": str(draft.revision)})
    assert analyst.get(f"{path}/form").headers["Location"] == f"/portal{path}"
    read = f"/review/drafts/{draft.draft_id}"
    reviewer.get(read)
    digest = reviewer.page.text.partition('name="digest" value="')[2].partition('"')[0]
    assert reviewer.post(f"{read}/return", {"digest": digest, "remark": "Less sure?"}).status == 303
    assert "Less sure?" in analyst.get(path).words
    form = analyst.get(f"{path}/form")
    assert 'value="Said better"' in form.text
    revision = form.text.partition('name="revision" value="')[2].partition('"')[0]
    sent = given | {"revision": revision, "name": "Said better", "confidence": "150"}
    assert analyst.post(f"{path}/form", sent).status == 422
    analyst.get(f"{path}/form")
    assert analyst.post(f"{path}/form", sent | {"confidence": "20"}).status == 303
    assert "not said 20" in analyst.get(path).words
    analyst.get(f"{path}/form")
    assert analyst.post(f"{path}/form", sent | {"confidence": "10"}).status == 409, "an older revision"
    analyst.get(path)
    assert analyst.post(f"/share/drafts/{draft.draft_id}/removal").status == 303
    assert analyst.get(path).status == 404


def test_nobody_elses_correction_is_there_and_a_report_is_none(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, analyst: Visitor, published: dict[str, Any]
) -> None:
    draft = corrected(analyst, published["id"])
    for visitor, status in (
        (entered(running, platform, MemberRole.ANALYST), 404),
        (entered(running, hotline, MemberRole.ANALYST), 404),
        (entered(running, platform, MemberRole.READ_ONLY), 403),
    ):
        for path in (f"/share/corrections/{draft.draft_id}", f"/share/corrections/{draft.draft_id}/form"):
            assert visitor.get(path).status == status
        for path in ("hand-over", "form"):
            visitor.get("/account")
            assert visitor.post(f"/share/corrections/{draft.draft_id}/{path}", {"revision": "1"}).status == status
    report = begun(analyst, complete_form(platform))
    assert analyst.get(f"/share/corrections/{report.draft_id}").status == 404


def test_what_was_changed_meanwhile_or_would_be_refused_is_not_handed_over(
    analyst: Visitor, platform: FakePartner, published: dict[str, Any]
) -> None:
    wrong = corrected(analyst, published["id"], valid_until="2020-01-01T00:00:00.000Z")
    page = analyst.get(f"/share/corrections/{wrong.draft_id}")
    assert "It would not be taken as it is." in page.words
    assert "To the second reader" not in page.words
    assert analyst.post(f"/share/corrections/{wrong.draft_id}/hand-over", {"revision": "1"}).status == 409
    draft = corrected(analyst, published["id"])
    analyst.get(f"/share/corrections/{draft.draft_id}")
    assert platform.submit(newer(published, name="Said by a program")).status == 201
    refused = analyst.post(f"/share/corrections/{draft.draft_id}/hand-over", {"revision": "1"})
    assert refused.status == 409
    assert "not its newest" in refused.words
    assert "Correct it anew" in refused.words
