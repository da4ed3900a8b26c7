"""What the head of every page leads to, by what who is signed in may do.

Owns the list; a page that somebody may not open is not offered. Kept by ``tests/portal/test_navigation.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import current_app, request

from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.portal.cookies import find_signed_in


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the portal: its first page, what it is called, and one of which permissions it takes (none: everybody).

    One that is ``for_members`` is not for people of the exchange.
    """

    endpoint: str
    title: str
    permissions: tuple[Permission, ...] = ()
    for_members: bool = False


SECTIONS = (
    Section("home.show", "Home"),
    Section("sharing.show", "Submit", (Permission.DRAFTS_WRITE,)),
    Section("reviewing.show", "Review", (Permission.DRAFTS_REVIEW,)),
    Section("search.show", "Search", (Permission.OBJECTS_READ,)),
    Section("patterns.show", "Patterns"),
    Section("answering.show", "Answer", (Permission.REQUESTS_READ, Permission.FEEDBACK_READ)),
    Section("organisation.show", "Organisation", for_members=True),
    Section("operating.show", "Exchange", (Permission.PARTNERS_READ,)),
)
"""In the order in which the head shows them; eight at most for anybody, further pages hang below one of these."""


def sections() -> Iterator[Section]:
    """Give the parts that who is signed in may open; none for nobody."""
    found = find_signed_in()
    if found is None:
        return
    for one in SECTIONS:
        if one.for_members and found.principal.partner is None:
            continue
        if not one.permissions or any(why_forbidden(found.principal, permission) is None for permission in one.permissions):
            yield one


def is_here(section: Section) -> bool:
    """Whether the page that is open belongs to a section: by its blueprint's word for it."""
    here = current_app.blueprints.get(request.blueprint or "")
    return getattr(here, "section", None) == section.endpoint


def nearest(addresses: Iterable[str]) -> str:
    """Give which of some pages the one that is open belongs to: the longest address that its own begins with, ``""`` for none."""
    path = request.script_root + request.path
    return max((one for one in addresses if f"{path}/".startswith(f"{one}/")), key=len, default="")
