"""Who sees an object, who was told of it, and what became of its recalls: for its owner, and for nobody else.

Owns the page. To everybody else, as to whoever asks for what is not there, it is absent; a withdrawn object's owner still sees
it. Who was told, and recalls, need the right to read disclosures. Kept by ``tests/portal/finding/test_readers_page.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose
from app.policy.administration import why_forbidden
from app.policy.telling import Told, Verdict
from app.portal.blueprint import PortalBlueprint
from app.portal.finding.names import names_told
from app.portal.finding.object_page import acts_on
from app.portal.pages import page
from app.portal.plain_words import spoken, type_words
from app.portal.policy_words import why_words
from app.services.explaining.who_sees import WhoSees, who_sees
from app.services.ledger.look_up_disclosures import own_disclosures
from app.services.reading.look_up_recalls import own_recalls_of
from app.web.context import exchange, principal

blueprint = PortalBlueprint("object_readers", section="search.show")
ROWS = 50


@dataclass(frozen=True, slots=True)
class ReaderLine:
    """A partner that may be named: for which purposes it is told what, and why."""

    name: str
    told: list[tuple[str, str]]
    sees: bool


@blueprint.page("/objects/<stix_id>/readers", Permission.OBJECTS_READ, query=["next"])
def show(stix_id: str) -> Response:
    """Show its owner who sees it by the portal and over REST, and who had it."""
    asked = {channel: who_sees(exchange(), principal(), stix_id, channel)[0] for channel in (Channel.REST, Channel.PORTAL)}
    may_ask = why_forbidden(principal(), Permission.DISCLOSURES_READ) is None
    return page(
        "finding/readers.html",
        stix_id=stix_id,
        kind=type_words(stix_id),
        sees=asked[Channel.REST],
        lines=list(reader_lines(asked[Channel.REST])),
        only_portal=sorted(_names_seeing(asked[Channel.PORTAL]) - _names_seeing(asked[Channel.REST])),
        unlisted=max((asked[Channel.REST].readers.unlisted or {}).values(), default=0),
        may_ask=may_ask,
        names=names_told(),
        acts=acts_on(stix_id, own=True),
        **(_told(stix_id) if may_ask else {"told": None, "recalls": []}),
    )


def reader_lines(found: WhoSees) -> Iterator[ReaderLine]:
    """Give listed partners, those first that see it for some purpose."""
    lines = [ReaderLine(one.name, _by_words(one.told), _sees(one.told)) for one in found.readers.listed]
    return iter(sorted(lines, key=lambda one: not one.sees))


def _names_seeing(found: WhoSees) -> set[str]:
    return {one.name for one in found.readers.listed if _sees(one.told)}


def _sees(told: Mapping[Purpose, Told]) -> bool:
    return any(one.verdict is Verdict.SEEN for one in told.values())


def _by_words(told: Mapping[Purpose, Told]) -> list[tuple[str, str]]:
    """Give purposes together of which the same is told."""
    found: dict[str, list[str]] = {}
    for purpose, one in told.items():
        found.setdefault(_words(one), []).append(spoken(purpose))
    return [(words, ", ".join(purposes)) for words, purposes in found.items()]


def _words(told: Told) -> str:
    words, why = spoken(told.verdict), why_words(told)
    return f"{words}: {why}" if why else words


def _told(stix_id: str) -> dict[str, Any]:
    told = own_disclosures(exchange(), principal(), stix_id, request.args.get("next"), ROWS)
    return {"told": told, "recalls": own_recalls_of(exchange(), principal(), stix_id)}
