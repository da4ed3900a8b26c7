"""What all pages below ``/exchange`` have in common: for staff alone, and each leads to the others that its reader may open.

Owns that list. Whoever is a partner's gets the answer of pages that do not exist, whatever their roles allow elsewhere. Kept by
``tests/portal/operating/test_room.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.domain.errors import BreakwaterError
from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import find_signed_in, signed_in
from app.portal.refusing import plain_sentence
from app.portal.words import gettext

HEAD = "operating.show"


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the room: its endpoint, what it is called, one of which permissions it takes, and what one does there."""

    endpoint: str
    title: str
    permissions: tuple[Permission, ...]
    says: str = ""

    @property
    def address(self) -> str:
        """Where it is."""
        return url_for(self.endpoint)


PLACES: Sequence[Place] = (
    Place(HEAD, "Overview", (Permission.PARTNERS_READ,)),
    Place("operating_partners.show", "Partners", (Permission.PARTNERS_READ,), "Who is in, what is missing, enrolling somebody."),
    Place("operating_agreements.show", "Agreements", (Permission.PARTNERS_READ,), "What each partner may read and submit."),
    Place("operating_approvals.show", "Approvals", (Permission.APPROVALS_READ,), "What takes two persons, and its history."),
    Place("operating_groups.show", "Groups", (Permission.GROUPS_READ,), "Partners that share with each other, and their keys."),
    Place("operating_people.show", "People", (Permission.PERSONS_READ,), "The exchange's own people, roles and credentials."),
    Place("operating_work.show", "Work", (Permission.WORK_READ,), "What is due, what failed, what stands still."),
    Place("operating_log.show", "Log", (Permission.PARTNERS_READ,), "How much is in it and signed; what to do if it disagrees."),
    Place("operating_usage.show", "Use", (Permission.METRICS_READ,), "What partners use today, against what they may."),
    Place("operating_usage.alarms", "Alarms", (Permission.METRICS_READ,), "What needs somebody, and who is called."),
    Place("operating_ledger.show", "Ledger", (Permission.DISCLOSURES_SEARCH,), "Who was given what; reports after a leak."),
    Place("operating_questions.show", "Questions", (Permission.QUESTIONS_READ,), "Who asked about persons, when and why."),
    Place("operating_recalls.show", "Recalls", (Permission.RECALLS_READ,), "Who has not answered; contests of wrong listings."),
    Place("operating_holds.show", "Holds", (Permission.HOLDS_READ,), "What may not be erased meanwhile."),
    Place(
        "operating_subjects.show",
        "Requests",
        (Permission.SUBJECTS_READ,),
        "Of persons, about data on themselves; looking, deciding, answering.",
    ),
    Place("operating_health.show", "Health", (Permission.METRICS_READ,), "How the exchange is, and what to do."),
)
"""In the order in which pages show them."""


class StaffBlueprint(PortalBlueprint):
    """Pages of one part of the room: for anybody but a person of the exchange itself there is nothing here."""

    staff_alone = True

    def __init__(self, name: str) -> None:
        """Take the part's name."""
        super().__init__(name, section=HEAD)
        self.context_processor(about_the_room)


def may(permission: str) -> bool:
    """Whether who is signed in holds a permission, by its word."""
    return why_forbidden(signed_in().principal, Permission(permission)) is None


def places() -> list[Place]:
    """Give the pages that who is signed in may open."""
    return [one for one in PLACES if any(may(permission) for permission in one.permissions)]


def about_the_room() -> dict[str, Any]:
    """Give what templates of the room know besides; nothing where nobody was let in, as for the page of that refusal."""
    if find_signed_in() is None:
        return {}
    return {"may": may, "places": places, "beside": [(one.address, gettext(one.title)) for one in places()]}


def faults_of(failed: BreakwaterError) -> list[tuple[str, str]]:
    """Give what is wrong with a form as pairs of field and sentence, by the pointer of what was refused."""
    field = (failed.pointer or "").rpartition("/")[2]
    return [(field, plain_sentence(failed))]
