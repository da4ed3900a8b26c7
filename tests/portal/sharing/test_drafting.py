"""Keeps the page on which something is entered: nothing is lost, and nothing stays that must not be here."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.draft import Draft
from app.portal.sharing.form_fields import REPEATED, SINGLE
from app.services.drafting.keep import own_draft, save_draft
from app.storage.tables import metadata
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_drafts import begun, complete_form, handed_over, principal_of
from tests.factories.portal_visitors import Visitor

PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(300)).decode()
STALE = "This draft was changed meanwhile"


def kept(visitor: Visitor, draft: Draft) -> Draft:
    return own_draft(visitor.running.exchange, principal_of(visitor), draft.draft_id)


def fields(visitor: Visitor, draft: Draft, **changed: Any) -> dict[str, Any]:
    """Give the fields of the page as a browser would send them, with changes."""
    text = visitor.get(f"/share/drafts/{draft.draft_id}").text
    known: dict[str, Any] = dict.fromkeys(SINGLE, "") | {name: [] for name in REPEATED}
    known["revision"] = str(kept(visitor, draft).revision)
    known["title"] = html.unescape(re.findall(r'name="title" type="text" value="([^"]*)"', text)[0])
    return known | changed


def everything_stored(running: RunningExchange) -> str:
    with running.exchange.database.read() as connection:
        return "\n".join(repr(row) for table in metadata.tables.values() for row in connection.execute(select(table)))


@pytest.fixture
def draft(analyst: Visitor) -> Draft:
    return begun(analyst, {"what": {"title": "Rooms"}, "subject_status": "unknown"})


def test_each_forbidden_line_that_was_pasted_is_named(analyst: Visitor, draft: Draft) -> None:
    lines = f"@handle.one\n{PICTURE}\n\n@handle.two\n{PICTURE[::-1]}{PICTURE}"
    answer = analyst.post(f"/share/drafts/{draft.draft_id}", fields(analyst, draft, act="paste", paste=lines))
    assert answer.status == 422
    assert "Lines 2, 5: " in answer.words


def test_what_is_typed_is_kept_and_shown_again(analyst: Visitor, draft: Draft) -> None:
    given = fields(analyst, draft, title="Other", harm_types=["csam"], behaviours=["OP-017"], seen_last="2026-01-05T09:00")
    given |= {"row_kind": ["url"], "row_value": ["hxxps://a.example[.]org/x"], "row_role": ["context"], "row_status": [""]}
    answer = analyst.post(f"/share/drafts/{draft.draft_id}", {**given, "act": "save"})
    assert answer.status == 303
    document = kept(analyst, draft).document
    assert document["what"] == {"title": "Other", "harm_types": ["csam"], "behaviours": ["OP-017"]}
    assert document["seen"] == {"last": "2026-01-05T09:00:00Z"}
    assert document["observables"] == [{"kind": "url", "value": "hxxps://a.example[.]org/x", "role": "context"}]
    text = analyst.get(f"/share/drafts/{draft.draft_id}").text
    assert 'value="OP-017" checked' in text
    assert "hxxps[:]//a[.]example[.]org/x" in text, "as it leaves, defanged"


def test_pasted_lines_become_rows_and_those_that_are_never_kept_stay_on_the_page(
    analyst: Visitor, draft: Draft, running: RunningExchange
) -> None:
    lines = "https://a.example.org/x\nanna.b@mail.example.org\n@Handle\n40117"
    answer = analyst.post(f"/share/drafts/{draft.draft_id}", fields(analyst, draft, act="paste", paste=lines))
    assert answer.status == 422
    assert "anna.b@mail.example.org</textarea>" in answer.text
    assert "Ask whoever runs the keys of your sharing group to make a token of it" in answer.text
    values = [one["value"] for one in kept(analyst, draft).document["observables"]]
    assert values == ["https://a.example.org/x", "@Handle", "40117"]
    assert "its kind cannot be told" in answer.text
    assert "Line 1: " in answer.words, "the first of those that are left"
    assert "anna.b" not in everything_stored(running)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"description": f"seen {PICTURE}"}, "description"),
        ({"description": "Write to anna.b@mail.example.org"}, "description"),
        ({"title": "Call +1 202 555 0142"}, "title"),
        ({"paste": PICTURE}, "paste"),
        ({"row_kind": ["handle"], "row_value": [PICTURE], "row_role": [""], "row_status": [""]}, "row-0"),
    ],
)
def test_what_must_not_be_here_is_told_at_once_and_kept_nowhere(
    analyst: Visitor, draft: Draft, changed: dict[str, Any], field: str, capfd: pytest.CaptureFixture[str]
) -> None:
    given = fields(analyst, draft, service="Example Live", **changed)
    answer = analyst.post(f"/share/drafts/{draft.draft_id}", {**given, "act": "save"})
    assert answer.status == 422
    assert 'value="Example Live"' in answer.text, "the other fields stay"
    assert f'href="#{field}"' in answer.text
    if "paste" not in changed:
        told = json.loads(analyst.post(f"/share/drafts/{draft.draft_id}/autosave", given).text)
        assert told["field"] == field
    assert kept(analyst, draft) == draft
    logged = "".join(capfd.readouterr())
    for text in (everything_stored(analyst.running), logged):
        assert not any(one in text for one in (PICTURE, "anna.b", "555 0142"))
    assert PICTURE not in answer.text, "material is shown to nobody"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_refused_save_gives_back_what_was_typed_and_tells_all_faults_at_once(analyst: Visitor, draft: Draft) -> None:
    said = "Rooms open for minutes. Write to anna.b@mail.example.org, or +1 202 555 0142. Then they close."
    given = fields(analyst, draft, title="Emma Smith, 12, Greenfield Primary School", description=said)
    given |= {"row_kind": ["handle"], "row_value": ["ben.c@mail.example.org"], "row_role": [""], "row_status": [""]}
    answer = analyst.post(f"/share/drafts/{draft.draft_id}", {**given, "act": "save"})
    assert answer.status == 422
    assert f"{said}</textarea>" in html.unescape(answer.text)
    assert 'value="ben.c@mail.example.org"' in answer.text
    assert all(f'href="#{field}"' in answer.text for field in ("title", "description", "row-0"))
    assert "3 things keep this from going on" in answer.words
    assert "email-addr" not in answer.words
    assert "Emma" not in answer.text, "what describes a child is shown to nobody"
    assert not any(one in everything_stored(analyst.running) for one in ("anna.b", "ben.c", "Emma"))


def test_of_two_windows_the_later_one_is_told_and_keeps_what_was_typed(analyst: Visitor, draft: Draft) -> None:
    given = fields(analyst, draft, title="Mine", act="save")
    save_draft(analyst.running.exchange, principal_of(analyst), draft.draft_id, 1, {"what": {"title": "Theirs"}})
    answer = analyst.post(f"/share/drafts/{draft.draft_id}", given)
    assert answer.status == 422
    assert STALE in answer.words
    assert 'value="Mine"' in answer.text
    told = analyst.post(f"/share/drafts/{draft.draft_id}/autosave", given)
    assert (told.status, json.loads(told.text)["sentence"].startswith(STALE)) == (409, True)
    assert kept(analyst, draft).title == "Theirs"


def test_a_script_saves_and_is_told_the_next_revision(analyst: Visitor, draft: Draft) -> None:
    told = json.loads(analyst.post(f"/share/drafts/{draft.draft_id}/autosave", fields(analyst, draft, title="Other")).text)
    assert told["revision"] == 2
    assert "UTC" in told["saved_at"]
    assert kept(analyst, draft).title == "Other"


def test_without_a_script_the_buttons_look_for_behaviours_and_readers(analyst: Visitor, draft: Draft) -> None:
    path = f"/share/drafts/{draft.draft_id}"
    found = analyst.post(path, fields(analyst, draft, act="find", find="repeated short-lived")).headers["Location"]
    assert found.endswith("?find=repeated+short-lived#behaviours")
    text = analyst.get(f"{path}?find=repeated+short-lived").text
    assert ("OP-017" in text, "OP-001" in text) == (True, False)
    assert analyst.post(path, fields(analyst, draft, act="preview")).headers["Location"].endswith("?preview=1#who")
    assert "will see it" in analyst.get(f"{path}?preview=1").words
    assert analyst.post(path, fields(analyst, draft, act="overview")).headers["Location"].endswith("/overview")


def test_a_script_is_told_who_would_see_it(analyst: Visitor, draft: Draft) -> None:
    told = json.loads(analyst.post(f"/share/drafts/{draft.draft_id}/readers", fields(analyst, draft)).text)
    assert [one["title"] for one in told["parts"]] == ["The report itself"]
    assert told["parts"][0]["headline"]


def test_anothers_draft_and_none_are_alike_absent(analyst: Visitor, stranger: Visitor, reviewer: Visitor, draft: Draft) -> None:
    given = fields(analyst, draft, title="Theirs")
    stranger.get("/share")
    for draft_id in (draft.draft_id, "0"):
        path = f"/share/drafts/{draft_id}"
        assert stranger.get(path).status == 404
        for form, sent in ((path, given), (f"{path}/autosave", given), (f"{path}/readers", given), (f"{path}/removal", {})):
            stranger.get("/share")
            assert stranger.post(form, sent).status == 404
    reviewer.get("/account")
    assert reviewer.post(f"/share/drafts/{draft.draft_id}", given).status == 403
    assert kept(analyst, draft) == draft


def test_a_draft_is_discarded_and_a_handed_over_one_taken_back(analyst: Visitor, platform: FakePartner, draft: Draft) -> None:
    analyst.get(f"/share/drafts/{draft.draft_id}")
    assert analyst.post(f"/share/drafts/{draft.draft_id}/removal").status == 303
    assert analyst.get(f"/share/drafts/{draft.draft_id}").status == 404
    handed = handed_over(analyst, complete_form(platform))
    path = f"/share/drafts/{handed.draft_id}"
    assert analyst.get(path).headers["Location"].endswith("/overview")
    assert "Take it back" in analyst.get(f"{path}/overview").words
    assert analyst.post(f"{path}/taking-back").status == 303
    assert analyst.get(path).status == 200


def test_whoever_says_later_that_a_child_may_be_in_danger_is_told_whom_to_call_at_once(analyst: Visitor, draft: Draft) -> None:
    path = f"/share/drafts/{draft.draft_id}"
    given = fields(analyst, draft, urgency="imminent-risk", act="overview")
    assert analyst.post(path, given).headers["Location"].endswith("/danger")
    given = fields(analyst, draft, urgency="imminent-risk", act="overview")
    assert analyst.post(path, given).headers["Location"].endswith("/overview"), "and is told so once"
