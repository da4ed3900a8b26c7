"""The table of kinds of work: one line for each, in the table of its shape.

Owns which function does which kind and in which lane; nothing else is decided here, so that a new kind is an import and a line.
Kept by ``tests/services/working/test_kinds.py``.

- ``KINDS``: a moment's work in one transaction; gives when to go on, None when it is done.
- ``SIGNING_KINDS``: the same, with the key by which the exchange states things.
- ``KINDS_OF_EXCHANGE``: the same, with all of the exchange.
- ``LONG_KINDS``: takes minutes and makes transactions of its own through what it holds (``HeldWork``): writing files.
- ``CALLING_KINDS``: the same, where somebody outside is called, who may not answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.domain.work import LaneName
from app.services.calling.call_webhooks import CALL_WEBHOOK, call_webhook
from app.services.cataloguing.publish import INSTALL_CATALOGUE, install_catalogue
from app.services.cataloguing.watch_proposals import WATCH_PROPOSALS, watch_proposals
from app.services.exchange import Exchange
from app.services.exporting.due import EXPORT_RUN
from app.services.exporting.forget import export_forget
from app.services.exporting.run import export_run
from app.services.held_work import HeldWork
from app.services.intake.admit import RELEASE_EMBARGOED
from app.services.intake.await_answers import CHASE_RECALLS
from app.services.intake.call_back import FOLLOW_DISPUTE, NOTIFY_RECALL
from app.services.intake.follow_dispute import follow_dispute
from app.services.intake.narrow_later import NARROW
from app.services.intake.notify_recall import notify_recall
from app.services.intake.withdraw import FORGET_EXPORTED
from app.services.membership.change_policy import EVALUATE
from app.services.membership.renew_group_keys import RENEW_GROUP_KEYS, renew_group_keys
from app.services.membership.warn_of_expiry import WARN_OF_EXPIRY, warn_of_expiry
from app.services.paging.page_contacts import PAGE_PARTNERS, page_partners
from app.services.preventing.release import RELEASE_PREVENTION, release_when_due
from app.services.proving.checkpoints import CHECKPOINT, keep_checkpoints
from app.services.proving.issue_directory import KEEP_DIRECTORY, keep_directory
from app.services.reading.back_fill import BACK_FILL
from app.services.recalling.chase import chase_recalls
from app.services.recalling.contest import SPREAD_CONTEST, spread_contest
from app.services.recalling.contest_round import CONTEST_ROUND, hold_round
from app.services.requesting.watch_clocks import WATCH_CLOCKS, watch_clocks
from app.services.retention.erase import FINISH_ERASURES
from app.services.retention.finish_erasures import finish_erasures
from app.services.retention.sweep import SWEEP_RETENTION, sweep_retention
from app.services.searching.keep_words import INDEX_WORDS, index_some
from app.services.subjects.look_for import SUBJECT_LOOKUP, look_some
from app.services.subjects.watch_requests import WATCH_REQUESTS, watch_requests
from app.services.working import do_batches
from app.services.working.do_batches import SWEEP, SWEEP_NONCES, Again
from app.storage.session import Connection
from app.storage.work import Lane
from breakwater_client.trust.keys import SigningKey

Act = Callable[[Connection, Mapping[str, Any], datetime], Again]
SigningAct = Callable[[SigningKey, Connection, Mapping[str, Any], datetime], Again]
ActOfExchange = Callable[[Exchange, Connection, Mapping[str, Any], datetime], Again]
LongAct = Callable[[Exchange, HeldWork, datetime], Again]


def _keep_directory(exchange: Exchange, connection: Connection, payload: Mapping[str, Any], now: datetime) -> Again:
    """Make the version of the directory of keys that is due."""
    return keep_directory(exchange.keys, connection, payload, now)


KINDS: Mapping[str, Act] = {
    BACK_FILL: do_batches.back_fill,
    CHASE_RECALLS: chase_recalls,
    EVALUATE: do_batches.evaluate_partner,
    INDEX_WORDS: index_some,
    NARROW: do_batches.narrow,
    PAGE_PARTNERS: page_partners,
    RELEASE_EMBARGOED: do_batches.release,
    SPREAD_CONTEST: spread_contest,
    SUBJECT_LOOKUP: look_some,
    SWEEP: do_batches.sweep,
    SWEEP_NONCES: do_batches.sweep_nonces,
    WARN_OF_EXPIRY: warn_of_expiry,
    WATCH_CLOCKS: watch_clocks,
    WATCH_PROPOSALS: watch_proposals,
    WATCH_REQUESTS: watch_requests,
}

SIGNING_KINDS: Mapping[str, SigningAct] = {
    CONTEST_ROUND: hold_round,
    FOLLOW_DISPUTE: follow_dispute,
    INSTALL_CATALOGUE: install_catalogue,
    NOTIFY_RECALL: notify_recall,
}

KINDS_OF_EXCHANGE: Mapping[str, ActOfExchange] = {
    CHECKPOINT: keep_checkpoints,
    RELEASE_PREVENTION: release_when_due,
    FINISH_ERASURES: finish_erasures,
    KEEP_DIRECTORY: _keep_directory,
    RENEW_GROUP_KEYS: renew_group_keys,
    SWEEP_RETENTION: sweep_retention,
}

LONG_KINDS: Mapping[str, LongAct] = {
    EXPORT_RUN: export_run,
    FORGET_EXPORTED: export_forget,
}

CALLING_KINDS: Mapping[str, LongAct] = {
    CALL_WEBHOOK: call_webhook,
}

PERIODIC = (
    RELEASE_PREVENTION,
    CONTEST_ROUND,
    SWEEP,
    SWEEP_NONCES,
    SWEEP_RETENTION,
    CHECKPOINT,
    KEEP_DIRECTORY,
    RENEW_GROUP_KEYS,
    WARN_OF_EXPIRY,
    WATCH_CLOCKS,
    WATCH_PROPOSALS,
    WATCH_REQUESTS,
)
"""Kinds of work that never end: put on the ledger when a server starts, and nobody may cancel them."""

OWED = frozenset({FORGET_EXPORTED})
"""Long work and calls that nobody may cancel while they wait, since it protects somebody; prompt work, nobody ever may."""

COMING_BACK = frozenset({EXPORT_RUN, FORGET_EXPORTED})
"""Long work that is put on the ledger anew, as it was, when it died: nobody else would bring it back."""

FORGETTING = frozenset({FINISH_ERASURES, SWEEP_RETENTION})
"""Kinds of work after which nothing may be left of what went."""

PROMPT = Lane(frozenset(LONG_KINDS) | frozenset(CALLING_KINDS))
"""All work that is done in a moment."""
BULK = Lane(frozenset(LONG_KINDS), but_those=False, fair=True)
"""What takes long, so that nobody's embargo ends late because somebody's export is long."""
CALLS = Lane(frozenset(CALLING_KINDS), but_those=False, fair=True)
"""Calls to others, so that nobody's export waits for somebody's silent server."""
LANES: Mapping[LaneName, Lane] = {LaneName.PROMPT: PROMPT, LaneName.BULK: BULK, LaneName.CALLS: CALLS}
