from __future__ import annotations

import re

from app.portal.sharing.form_fields import FIELD_OF
from app.portal.sharing.form_page import Shown
from app.services.drafting.preview import PartKind
from tests.factories.exchanges import FakePartner
from tests.factories.observation_forms import TOKEN
from tests.factories.portal_drafts import begun, complete_form
from tests.factories.portal_visitors import Visitor


def test_each_part_of_a_report_has_a_name() -> None:
    assert {Shown.part_title(one) for one in PartKind} == {"The report itself", "What leads to somebody", "Accounts to protect"}


def test_the_page_offers_what_is_ones_own_and_shows_each_line_as_it_leaves(analyst: Visitor, platform: FakePartner) -> None:
    observables = [{"kind": "handle", "value": "@Example.Account"}, {"kind": "phone", "token": TOKEN}, {"value": "40117"}]
    page = analyst.get(f"/share/drafts/{begun(analyst, complete_form(platform, *observables)).draft_id}")
    assert f'<option value="{platform.audience_id}" selected>All organisations</option>' in page.text
    assert "<code>example.account</code>" in page.text
    assert f"<code>{TOKEN['token']}</code>" in page.text
    assert "Say what this is" in page.words
    assert page.text.index("Presence and persona") < page.text.index("Evasion and return")


def test_a_full_page_is_light(analyst: Visitor, platform: FakePartner) -> None:
    many = [{"kind": "account-id", "value": str(number)} for number in range(20)]
    page = analyst.get(f"/share/drafts/{begun(analyst, complete_form(platform, *many)).draft_id}")
    assert len(page.text.encode()) < 100 * 1024


def test_whatever_a_fault_leads_to_is_there_and_is_not_folded_away(analyst: Visitor, platform: FakePartner) -> None:
    path = f"/share/drafts/{begun(analyst, complete_form(platform)).draft_id}"
    for field in sorted(set(FIELD_OF.values()) | {"row-0"}):
        text = analyst.get(f"{path}?at={field}").text
        assert text.count(f'id="{field}"') == 1, field
        before = text[: text.index(f'id="{field}"')]
        folds = re.findall(r"<details[^>]*>|</details>", before)
        opened: list[str] = []
        for one in folds:
            if one == "</details>":
                opened.pop()
            else:
                opened.append(one)
        assert all(" open" in one for one in opened), field


def test_what_is_needed_is_marked_and_never_folded(analyst: Visitor) -> None:
    text = analyst.get(f"/share/drafts/{begun(analyst, {}).draft_id}").text
    for field in ("title", "harm_types", "surfaces"):
        before, after = text.split(f'id="{field}"', 1)
        assert before.count("<details") == before.count("</details>"), field
        label = before[-300:] if field == "title" else after[:300]
        assert "(needed)" in label, field
