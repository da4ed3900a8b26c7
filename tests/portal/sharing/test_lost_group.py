"""Keeps that a draft for a sharing group goes to nobody else once the group is lost: it says so until its author chooses anew."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from app.domain.draft import Draft, DraftState
from app.domain.errors import Code
from app.portal.sharing.form_fields import REPEATED, SINGLE
from app.services.drafting.freeze import hand_over
from app.services.drafting.keep import own_draft
from app.services.drafting.read_second import approve
from tests.factories.exchanges import FakePartner
from tests.factories.portal_drafts import begun, complete_form, corrected, principal_of
from tests.factories.portal_visitors import Visitor
from tests.factories.stix_objects import indicator

TITLE = "Synthetic ring"
LOST = "This is a sharing group that your organisation cannot post to: choose another, or none."
CHOICE = "A group that you cannot post to: choose another, or none"


def put(hotline: FakePartner, platform: FakePartner, group_id: str, *, can_write: bool) -> None:
    given = {"can_read": True, "can_write": can_write}
    assert hotline.put(f"sharing-groups/{group_id}/members/{platform.partner_id}", given).status == 200


@pytest.fixture
def group_id(hotline: FakePartner, platform: FakePartner) -> str:
    """A group of somebody else's, in which the organisation may write."""
    made = hotline.post("sharing-groups", {"title": TITLE, "description": "", "shares_history": False})
    assert made.status == 201, made.json
    found: str = made.json["id"]
    put(hotline, platform, found, can_write=True)
    return found


@pytest.fixture
def draft(analyst: Visitor, platform: FakePartner, group_id: str) -> Draft:
    form = complete_form(platform)
    form["who_may_know"]["group_id"] = group_id
    return begun(analyst, form)


@pytest.fixture(params=["left", "reads", "deleted"])
def lose(request: pytest.FixtureRequest, hotline: FakePartner, platform: FakePartner, group_id: str) -> Callable[[], None]:
    """Each way in which an organisation comes to write no more in its group."""

    def done() -> None:
        if request.param == "reads":
            put(hotline, platform, group_id, can_write=False)
        elif request.param == "left":
            assert platform.delete(f"sharing-groups/{group_id}/members/{platform.partner_id}").status in {200, 204}
        else:
            assert hotline.delete(f"sharing-groups/{group_id}").status in {200, 204}

    return done


@pytest.fixture
def lost(draft: Draft, lose: Callable[[], None]) -> Draft:
    """A draft whose group was left, only read, or deleted since."""
    lose()
    return draft


def kept(analyst: Visitor, draft: Draft) -> Draft:
    return own_draft(analyst.running.exchange, principal_of(analyst), draft.draft_id)


def group_of(analyst: Visitor, draft: Draft) -> str | None:
    found: str | None = kept(analyst, draft).document["who_may_know"].get("group_id")
    return found


def shown_fields(analyst: Visitor, draft: Draft, **changed: str) -> dict[str, Any]:
    """Give what a browser sends of the page, with the group that is chosen there, and with changes."""
    text = analyst.get(f"/share/drafts/{draft.draft_id}").text
    [groups] = re.findall(r'<select id="group_id".*?</select>', text, re.DOTALL)
    chosen = next(iter(re.findall(r'<option value="([^"]*)" selected>', groups)), "")
    known: dict[str, Any] = dict.fromkeys(SINGLE, "") | {name: [] for name in REPEATED}
    return known | {"revision": str(kept(analyst, draft).revision), "tlp": "amber", "group_id": chosen} | changed


def test_a_lost_group_stays_chosen_until_it_is_dropped(analyst: Visitor, lost: Draft, group_id: str) -> None:
    path = f"/share/drafts/{lost.draft_id}"
    page = analyst.get(path)
    assert (page.status, LOST in page.words, TITLE in page.text) == (200, True, False)
    assert re.search(rf'<option value="{group_id}" selected>{CHOICE}</option>', page.text)
    for where in (path, f"{path}/autosave"):
        fields = shown_fields(analyst, lost, title=f"Said again {len(where)}")
        assert analyst.post(where, fields).status in {200, 303}
        assert group_of(analyst, lost) == group_id
    assert analyst.post(path, shown_fields(analyst, lost, group_id="")).status == 303
    assert group_of(analyst, lost) is None
    assert LOST not in analyst.get(path).words


def test_who_would_see_it_and_what_will_leave_say_so(analyst: Visitor, lost: Draft) -> None:
    path = f"/share/drafts/{lost.draft_id}"
    shown = analyst.get(f"{path}?preview=1")
    assert (shown.status, "It would not be taken as it is." in shown.words) == (200, True)
    assert analyst.post(f"{path}/readers", shown_fields(analyst, lost)).status == 200
    page = analyst.get(f"{path}/overview")
    assert (page.status, LOST in page.words, "To the second reader" in page.words) == (200, True, False)
    assert f"{path}?at=group_id#group_id" in page.text


def test_it_is_not_handed_over(analyst: Visitor, lost: Draft) -> None:
    path = f"/share/drafts/{lost.draft_id}"
    analyst.get(path)
    answer = analyst.post(f"{path}/hand-over", {"revision": str(lost.revision)})
    assert (answer.status, LOST in answer.words) == (409, True)
    assert kept(analyst, lost).state is DraftState.OPEN


def test_one_that_is_read_already_is_sent_back_and_not_approved(
    analyst: Visitor, reviewer: Visitor, draft: Draft, lose: Callable[[], None]
) -> None:
    handed = hand_over(analyst.running.exchange, principal_of(analyst), draft.draft_id, draft.revision)
    path = f"/review/drafts/{handed.draft_id}"
    assert "It may leave as it is" in reviewer.get(path).words
    lose()
    page = reviewer.get(path)
    assert (page.status, LOST in page.words, "It may leave as it is" in page.words) == (200, True, False)
    assert "hxxps[:]//files[.]example[.]org/a" in page.words
    assert reviewer.post(f"{path}/approval", {"digest": handed.digest}).status == 409
    assert kept(analyst, handed).state is DraftState.IN_REVIEW
    reviewer.get(path)
    assert reviewer.post(f"{path}/return", {"digest": handed.digest, "remark": "Another group."}).status == 303
    assert kept(analyst, handed).state is DraftState.RETURNED


def test_one_that_is_approved_is_not_sent_and_comes_back_to_its_author_with_the_reason(
    analyst: Visitor, reviewer: Visitor, platform: FakePartner, draft: Draft, lose: Callable[[], None]
) -> None:
    exchange = analyst.running.exchange
    handed = hand_over(exchange, principal_of(analyst), draft.draft_id, draft.revision)
    approved = approve(exchange, principal_of(reviewer), handed.draft_id, str(handed.digest))
    lose()
    task = f"signing-tasks/{approved.signing_task_id}"
    document = platform.get(task).json["document"]
    signed = document | {"objects": [platform.sign(one) for one in document["objects"]]}
    came = platform.post(f"{task}/signed", {"signed": signed})
    assert (came.status, came.json["state"]) == (200, "refused")
    assert [one["code"] for one in came.json["refusals"]] == [Code.GROUP_NOT_WRITABLE]
    page = analyst.get(f"/share/drafts/{draft.draft_id}")
    assert "It came back with this remark" in page.words
    assert re.search("It goes to a sharing group that your organisation cannot post to|may read in this group", page.words)
    assert LOST in page.words
    sent = [one["id"] for one in document["objects"] if one["type"] == "indicator"]
    assert [platform.object(one).status for one in sent] == [404]


def test_a_correction_of_what_stands_in_it_is_neither_begun_nor_handed_over_nor_approved(
    analyst: Visitor, reviewer: Visitor, platform: FakePartner, group_id: str, lose: Callable[[], None]
) -> None:
    value = indicator()
    assert platform.post("submissions", {"objects": [platform.sign(value)]}, query={"group": group_id}).status == 201
    begun_one, handed = corrected(analyst, value["id"]), corrected(analyst, value["id"], name="Said otherwise")
    analyst.get(f"/share/corrections/{handed.draft_id}")
    assert analyst.post(f"/share/corrections/{handed.draft_id}/hand-over", {"revision": str(handed.revision)}).status == 303
    read = f"/review/drafts/{handed.draft_id}"
    assert "It may leave as it is" in reviewer.get(read).words
    digest = reviewer.page.text.partition('name="digest" value="')[2].partition('"')[0]
    lose()
    assert "where your organisation cannot post any more" in analyst.get(f"/objects/{value['id']}/correction").words
    page = analyst.get(f"/share/corrections/{begun_one.draft_id}")
    assert (page.status, "where your organisation cannot post any more" in page.words) == (200, True)
    refused = analyst.post(f"/share/corrections/{begun_one.draft_id}/hand-over", {"revision": str(begun_one.revision)})
    assert refused.status == 409
    assert "It goes to a sharing group that your organisation cannot post to." in reviewer.get(read).words
    assert "It may leave as it is" not in reviewer.page.words
    assert reviewer.post(f"{read}/approval", {"digest": digest}).status == 409


def test_a_group_that_one_never_knew_is_refused_as_one_that_is_not_there(
    analyst: Visitor, hotline: FakePartner, draft: Draft, group_id: str
) -> None:
    theirs = hotline.post("sharing-groups", {"title": "Hidden ring", "description": "", "shares_history": False}).json["id"]
    path, told = f"/share/drafts/{draft.draft_id}", []
    for strange in (theirs, str(uuid.uuid4())):
        answer = analyst.post(path, shown_fields(analyst, draft, group_id=strange))
        told.append((answer.status, answer.words))
        assert (LOST in answer.words, "Hidden ring" in answer.text) == (True, False)
        answer = analyst.post(f"{path}/autosave", shown_fields(analyst, draft, group_id=strange))
        assert (answer.status, '"field": "group_id"' in answer.text) == (422, True)
    assert told[0] == told[1]
    assert told[0][0] == 422
    assert group_of(analyst, draft) == group_id
