from __future__ import annotations

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
    assert page.text.index("Presence and persona") < page.text.index("Evading, and coming back")


def test_a_full_page_is_light(analyst: Visitor, platform: FakePartner) -> None:
    many = [{"kind": "account-id", "value": str(number)} for number in range(20)]
    page = analyst.get(f"/share/drafts/{begun(analyst, complete_form(platform, *many)).draft_id}")
    assert len(page.text.encode()) < 100 * 1024
