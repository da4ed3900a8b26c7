"""What one's own organisation took back or corrected, who was told, and who has answered.

Kept by ``tests/portal/answering/test_own_recalls.py``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flask import Response, request

from app.domain.permissions import Permission
from app.portal.answering.beside import beside
from app.portal.blueprint import PortalBlueprint
from app.portal.pages import page
from app.portal.plain_words import called, capital, spoken, type_words
from app.services.reading.look_up_recalls import OwnRecall, Told, own_recall, own_recalls
from app.web.context import exchange, principal

AT_ONCE = 20
blueprint = PortalBlueprint("answering_own_recalls", section="answering.show")


@dataclass(frozen=True, slots=True)
class ShownTold:
    """Somebody who was told, and what they did, in words."""

    told: Told
    did: str


@dataclass(frozen=True, slots=True)
class ShownOwnRecall:
    """A recall in words, with how many were told, have answered and are late."""

    recall: OwnRecall
    title: str
    why: str
    ask: str
    what: str
    told: list[ShownTold]

    @property
    def answered(self) -> int:
        """How many have answered all of it."""
        return sum(one.told.answered_at is not None for one in self.told)

    @property
    def late(self) -> int:
        """How many are late."""
        return sum(one.told.is_late for one in self.told)


@blueprint.page("/answer/own-recalls", Permission.DISCLOSURES_READ, query=["next"])
def show() -> Response:
    """Show what was taken back, and how many have answered."""
    found = own_recalls(exchange(), principal(), request.args.get("next"), AT_ONCE)
    rows = [shown(one) for one in found.recalls]
    return page("answering/own_recalls.html", beside=beside(), rows=rows, going_on=found.next if found.more else None)


@blueprint.page("/answer/own-recalls/<recall_id>", Permission.DISCLOSURES_READ)
def show_one(recall_id: str) -> Response:
    """Show one of them: who was told, and what each has done."""
    found = shown(own_recall(exchange(), principal(), recall_id))
    return page("answering/own_recall.html", beside=beside(), shown=found, type_words=type_words)


@blueprint.page("/answer/taken-back", Permission.OBJECTS_SUBMIT)
def taken_back() -> Response:
    """Say to whoever took something back, and may not read the ledger, that it is done."""
    return page("answering/taken_back.html", beside=beside())


def shown(one: OwnRecall) -> ShownOwnRecall:
    """Give a recall in words."""
    recall = one.recall
    kinds = sorted({type_words(each.stix_id) for each in one.versions})
    told = [ShownTold(each, _did(each)) for each in one.told]
    return ShownOwnRecall(one, called(recall.kind), called(recall.reason), called(recall.act), ", ".join(kinds), told)


def _did(told: Told) -> str:
    counted = Counter(one.outcome for one in told.outcomes)
    return capital(", ".join(f"{spoken(word)} ({count})" for word, count in sorted(counted.items())))
