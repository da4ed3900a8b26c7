"""Which forms may be sent by whoever finds a screen open, and why: the whole list, compared with the url map.

A form that is not in it asks who sends it (``test_portal_confirming.py``). A new one that does not ask fails here until it is put
in, by somebody who has read the reasons of ``app/portal/unconfirmed.py``.
"""

from __future__ import annotations

from app.portal.unconfirmed import Unconfirmed
from tests.factories.exchanges import RunningExchange
from tests.factories.furnished import furnished, running
from tests.factories.portal_world import portal_pages

__all__ = ["furnished", "running"]
WHY = {
    Unconfirmed.ENTERS: {
        "elsewhere.answer",
        "elsewhere.leave",
        "invitations.accept",
        "invitations.accept_passkey",
        "invitations.begin_passkey",
        "signing_in.again_by_passkey",
        "signing_in.again_by_password",
        "signing_in.begin_again",
        "signing_in.begin_passkey",
        "signing_in.by_passkey",
        "signing_in.by_password",
    },
    Unconfirmed.FOR_ONESELF: {
        "home.choose_purpose",
        "reviewing.note_break",
        "saved_searches.forget",
        "saved_searches.save",
        "saved_searches.see",
    },
    Unconfirmed.LEAVES: {
        "account.end_others",
        "signing_in.leave",
    },
    Unconfirmed.OWN_DRAFT: {
        "correcting.begin",
        "corrections.give",
        "corrections.save",
        "danger.tell",
        "draft_overview.give",
        "drafting.autosave",
        "drafting.back",
        "drafting.discard",
        "drafting.save",
        "sharing.begin_new",
    },
    Unconfirmed.PREPARES: {
        "browser_keys.begin",
        "browser_signing.begin",
    },
    Unconfirmed.READS: {
        "drafting.readers",
        "operating_drafts.preview",
        "operating_drafts.recompose",
        "operating_ledger.report",
        "operating_ledger.search",
        "operating_ledger.table",
        "operating_questions.about",
        "own_export_changes.preview",
        "search.ask",
        "search.ask_observable",
        "subject_requests.preview",
    },
    Unconfirmed.REPEATS: {
        "operating_work.retry",
        "own_contacts.try_one",
        "own_exports.run",
        "own_webhooks.replay",
        "own_webhooks.resume",
        "own_webhooks.try_one",
    },
    Unconfirmed.SENDS_BACK: {
        "one_draft.give_back",
        "reviewing.let_go",
        "reviewing.take",
    },
}


def test_every_form_either_asks_who_sends_it_or_is_in_the_list(running: RunningExchange) -> None:
    found: dict[Unconfirmed, set[str]] = {}
    for form in portal_pages(running, "POST"):
        assert form.is_fresh is (form.unconfirmed is None), form.rule.rule
        if form.unconfirmed is not None:
            found.setdefault(form.unconfirmed, set()).add(form.endpoint)
    assert found == WHY


def test_no_reason_is_left_that_no_form_has() -> None:
    assert set(WHY) == set(Unconfirmed)
