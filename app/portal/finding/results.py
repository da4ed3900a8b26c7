"""What was found, as lines of a list: what it is, what it is called, whose it is, and since when it stands so.

Kept by ``tests/portal/finding/test_results.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.vocabulary import Harm
from app.portal.finding.defanged import defanged
from app.portal.finding.names import Names
from app.portal.finding.titles import context_in, publisher_identity, title_of
from app.portal.plain_words import said as said_of
from app.portal.plain_words import type_words
from app.services.searching.search import FoundPage

LONGEST_EXCERPT = 240


@dataclass(frozen=True, slots=True)
class Result:
    """One object that was found; ``may_ask``: it is another's offer, and access may be asked for."""

    stix_id: str
    kind: str
    title: str
    excerpt: str
    publisher: str
    stated_at: datetime | None
    behaviours: list[str]
    harms: list[str]
    may_ask: bool
    is_revoked: bool


def results_of(found: FoundPage, names: Names) -> list[Result]:
    """Give the objects of a page in their order."""
    offers = set(found.may_ask)
    return [_result(json.loads(body), names, offers) for body in found.objects]


def _result(value: dict[str, Any], names: Names, offers: set[str]) -> Result:
    said = context_in(value)
    stated = value.get("modified")
    description = defanged(str(value.get("description", "")))
    return Result(
        stix_id=value["id"],
        kind=type_words(value["type"]),
        title=title_of(value),
        excerpt=description if len(description) <= LONGEST_EXCERPT else f"{description[: LONGEST_EXCERPT - 1]}…",
        publisher=names.partner(publisher_identity(value)),
        stated_at=None if stated is None else datetime.fromisoformat(stated),
        behaviours=[names.behaviour(code) for code in said.get("behaviours", ())],
        harms=[said_of(Harm, one) for one in said.get("harm_types", ())],
        may_ask=value["id"] in offers,
        is_revoked=value.get("revoked") is True,
    )
