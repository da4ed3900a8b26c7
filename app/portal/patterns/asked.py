"""What the matrix is asked for: which surface and harm, and which numbers; and who may have which.

Owns that whoever may see no objects is shown released numbers, and nothing of single sightings. Kept by
``tests/portal/patterns/test_asked.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TypeVar

from flask import request

from app.domain.catalogue import Behaviour, Catalogue
from app.domain.errors import ForbiddenError, MalformedInputError
from app.domain.permissions import Permission
from app.domain.vocabulary import Harm, Surface
from app.policy.administration import why_forbidden
from app.policy.clauses import AGGREGATES_ONLY_ROLES
from app.portal.cookies import signed_in
from app.portal.reading import reads_already
from app.services.cataloguing.current import read_release
from app.services.cataloguing.look_up import find_release
from app.web.context import exchange

QUERY = ("surface", "harm", "numbers")
Word = TypeVar("Word", bound=StrEnum)


@unique
class Source(StrEnum):
    """Where numbers come from: releases that everybody reads, or the sightings that one's own organisation sees."""

    RELEASED = "released"
    VISIBLE = "visible"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page is narrowed to, None: nothing; and which numbers it shows, None: this person may read none."""

    surface: Surface | None
    harm: Harm | None
    source: Source | None

    def has(self, behaviour: Behaviour) -> bool:
        """Whether a behaviour is in force, and the catalogue has it on that surface and of that harm."""
        here = self.surface is None or self.surface in behaviour.surfaces
        return behaviour.retired_in is None and here and (self.harm is None or self.harm in behaviour.harms)

    @property
    def query(self) -> Mapping[str, str]:
        """Give it as parameters of an address."""
        said = {"surface": self.surface, "harm": self.harm, "numbers": self.source}
        return {name: value.value for name, value in said.items() if value is not None}


def asked() -> Asked:
    """Give what this request asks for; raises ``MalformedInputError`` for words that are none."""
    source = _word(Source, "numbers")
    possible = sources()
    if source is not None and source not in possible:
        raise ForbiddenError("These numbers are for organisations that read objects, once they have said for what they read.")
    return Asked(_word(Surface, "surface"), _word(Harm, "harm"), source or next(iter(possible), None))


def sources() -> list[Source]:
    """Give which numbers who is signed in may see, what they see first at first."""
    released = [Source.RELEASED] if may(Permission.PREVENTION_READ) else []
    return [Source.VISIBLE, *released] if sees_sightings() else released


def sees_sightings() -> bool:
    """Whether who is signed in reads objects and feedback, of a role that does, and has said for what."""
    partner = signed_in().principal.partner
    is_reading = partner is not None and partner.role not in AGGREGATES_ONLY_ROLES and reads_already()
    return is_reading and may(Permission.OBJECTS_READ) and may(Permission.FEEDBACK_READ)


def may(permission: Permission) -> bool:
    """Whether who is signed in has a permission."""
    return why_forbidden(signed_in().principal, permission) is None


def in_force() -> Catalogue:
    """Give the catalogue as its newest release has it."""
    return read_release(find_release(exchange()).document)


def _word(words: type[Word], name: str) -> Word | None:
    value = request.args.get(name, "")
    if not value:
        return None
    try:
        return words(value)
    except ValueError:
        raise MalformedInputError("The catalogue has no such word: choose one of the list.", pointer=f"/{name}") from None
