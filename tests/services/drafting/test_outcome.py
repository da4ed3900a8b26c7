"""Keeps what becomes of approved drafts."""

from __future__ import annotations

from app.domain.draft import DraftState
from app.services.drafting.keep import own_draft
from app.services.drafting.outcome import note_not_sent, note_sent
from app.services.drafting.read_second import approve
from tests.factories.drafting import Desks, desks
from tests.factories.members import started_hub


def _approved(ours: Desks) -> str:
    handed = ours.handed_over()
    return approve(ours.hub.exchange, ours.reviewer, handed.draft_id, str(handed.digest)).draft_id


def test_of_what_was_sent_the_title_alone_stays(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        draft_id = _approved(ours)
        with hub.exchange.database.write() as connection:
            note_sent(connection, ours.partner.id, draft_id, hub.clock.now)
        sent = own_draft(hub.exchange, ours.author, draft_id)
        assert sent.state is DraftState.SENT
        assert sent.document == {"what": {"title": sent.title}}
        assert sent.frozen is None
        assert "files.example" not in ours.everything_stored()


def test_what_could_not_be_sent_comes_back_with_the_reason(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        draft_id = _approved(ours)
        with hub.exchange.database.write() as connection:
            note_not_sent(connection, ours.partner.id, draft_id, "The agreement ended.", hub.clock.now)
            note_sent(connection, ours.partner.id, draft_id, hub.clock.now)
            note_not_sent(connection, ours.partner.id, "0", "Nothing.", hub.clock.now)
        back = own_draft(hub.exchange, ours.author, draft_id)
        assert (back.state, back.remark, back.frozen) == (DraftState.RETURNED, "The agreement ended.", None)
