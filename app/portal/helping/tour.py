"""The steps of the tour: what people do here, in the order in which one meets it, each with the page for it.

Owns the words; a step is shown to whoever can open its page, and a page that is not there yet has no step. Kept by
``tests/portal/helping/test_tour.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from app.domain.partner import Principal
from app.policy.administration import why_forbidden
from app.web.gate import Terms

MEMBERS, STAFF = "members", "staff"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: the endpoint of its page, what it is called, why one does it, and for whom (None: everybody)."""

    endpoint: str
    title: str
    sentence: str
    side: str | None = None


STEPS = (
    Step(
        "home.show",
        "Look at what waits",
        "The first page lists what asks for you, the most pressing first. Choose there for what you read: it is recorded, and "
        "decides what you see.",
        MEMBERS,
    ),
    Step("home.show", "Look at what waits", "The first page lists what asks for you, the most pressing first.", STAFF),
    Step(
        "sharing.show",
        "Enter what you know",
        "A form leads from what happened to who may know it. It is saved as you type; before anything leaves, the page says who "
        "would see it.",
        MEMBERS,
    ),
    Step(
        "reviewing.show",
        "Read what a colleague entered",
        "Nothing leaves before a second person has read exactly what will be signed. Take the first one, read it in words, and "
        "approve it or send it back.",
        MEMBERS,
    ),
    Step(
        "search.show",
        "Look something up",
        "Search by words, or ask whether something exact is known: an account, an address, a hash. You see what is shared with "
        "you, and nothing tells you what is not.",
        MEMBERS,
    ),
    Step(
        "patterns.show",
        "See the patterns",
        "The matrix shows how offenders proceed, step by step, where organisations see it, and which countermeasures helped.",
    ),
    Step(
        "answering_recalls.show",
        "Answer a recall",
        "When somebody takes back what you were given, say what you did with it. Each recall says until when.",
        MEMBERS,
    ),
    Step(
        "answering_requests.show",
        "Answer a request",
        "Others ask for preservation or for information, with a clock. Say what you did; nothing is sent by answering.",
        MEMBERS,
    ),
    Step(
        "own_members.show",
        "Keep your people",
        "Add colleagues, give them roles, and invite them. Whoever leaves loses every access at once.",
        MEMBERS,
    ),
    Step(
        "recovering.show",
        "Let a colleague in anew",
        "Who lost their device is let in anew by two people. You are one of them, and never for yourself.",
    ),
    Step(
        "own_disclosures.show",
        "See who was given what",
        "Each reading is recorded: here stands what of yours went to whom.",
        MEMBERS,
    ),
    Step(
        "operating_partners.show",
        "Enrol a partner",
        "Step by step: the organisation, its first administrator, its key compared by telephone, its agreement by two persons.",
        STAFF,
    ),
    Step("operating_approvals.show", "Be the second person", "What widens trust takes two: read what will be done.", STAFF),
    Step("operating_health.show", "See how the exchange is", "Whether it serves, whom it can reach, and what is late.", STAFF),
    Step(
        "account.show",
        "Have two ways to sign in",
        "Add a second passkey on another device now: then a lost one locks you out of nothing.",
    ),
)


def steps_for(principal: Principal) -> list[Step]:
    """Give the steps whose pages are there and open to a person."""
    side = STAFF if principal.partner is None else MEMBERS
    return [one for one in STEPS if one.side in {None, side} and _opens(principal, one.endpoint)]


def _opens(principal: Principal, endpoint: str) -> bool:
    view = current_app.view_functions.get(endpoint)
    terms = getattr(view, "terms", Terms())
    if view is None:
        return False
    return terms.for_everybody or any(why_forbidden(principal, one) is None for one in terms.permissions)
