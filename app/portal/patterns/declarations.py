"""What one's own organisation did and what came of it: countermeasures it has adopted where, and their effects.

Only this organisation reads them; others read counts in releases. Kept by ``tests/portal/patterns/test_declarations.py``.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, request

from app.domain.errors import ConflictError, MalformedInputError
from app.domain.object_vocabulary import EvidenceGrade
from app.domain.permissions import Permission
from app.domain.prevention import AdoptionState, EffectBand
from app.domain.vocabulary import Surface
from app.portal.blueprint import PortalBlueprint
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.pages import go_to
from app.portal.patterns.asked import in_force, may
from app.portal.patterns.pages import pattern_page
from app.portal.plain_words import offered, pairs
from app.services.preventing import declare
from app.web.context import exchange, principal

blueprint = PortalBlueprint("declarations", section="patterns.show")
ADOPTION = ("countermeasure", "surface", "state", "since", "until")
EFFECT = ("countermeasure", "surface", "behaviour", "band", "evidence", "observed_from", "observed_until")
Word = TypeVar("Word", bound=StrEnum)


@blueprint.page("/patterns/declarations", Permission.PREVENTION_READ)
def show() -> Response:
    """Show what the organisation has declared."""
    adoptions = declare.own_adoptions(exchange(), principal())
    effects = declare.beside_the_catalogue(exchange(), declare.own_effects(exchange(), principal()))
    return pattern_page("declarations.html", adoptions=adoptions, effects=effects, catalogue=in_force(), declares=_declares())


@blueprint.page("/patterns/declarations/adoption", Permission.PREVENTION_WRITE, query=["countermeasure"])
def begin_adoption() -> Response:
    """Show the form for a countermeasure that was adopted, planned or ended."""
    return _form("declare_adoption.html", dict.fromkeys(ADOPTION, "") | _asked("countermeasure"))


@blueprint.form(
    "/patterns/declarations/adoption",
    Permission.PREVENTION_WRITE,
    fresh_at="declarations.begin_adoption",
    does="Declare what your organisation has adopted",
)
def keep_adoption() -> Response:
    """Keep what was said of a countermeasure, in the place of what was said of it before."""
    given = fields(*ADOPTION, ONCE_FIELD)
    try:
        new = declare.NewAdoption(
            _word(Surface, given, "surface"),
            given["countermeasure"],
            _word(AdoptionState, given, "state"),
            _day(given, "since"),
            _day(given, "until") if given["until"] else None,
        )
        declare.declare_adoption(exchange(), principal(), new, use_of_form())
    except (ConflictError, MalformedInputError) as refused:
        return _form("declare_adoption.html", given, refused)
    return go_to("declarations.show")


@blueprint.page("/patterns/declarations/effect", Permission.PREVENTION_WRITE, query=["countermeasure", "surface"])
def begin_effect() -> Response:
    """Show the form for what an adopted countermeasure did."""
    return _form("declare_effect.html", dict.fromkeys(EFFECT, "") | _asked("countermeasure", "surface"))


@blueprint.form(
    "/patterns/declarations/effect",
    Permission.PREVENTION_WRITE,
    fresh_at="declarations.begin_effect",
    does="Declare what a countermeasure did",
)
def keep_effect() -> Response:
    """Keep what was said of an effect, in the place of what was said of it before."""
    given = fields(*EFFECT, ONCE_FIELD)
    try:
        new = declare.NewEffect(
            _word(Surface, given, "surface"),
            given["countermeasure"],
            given["behaviour"],
            _word(EffectBand, given, "band"),
            _word(EvidenceGrade, given, "evidence"),
            _day(given, "observed_from"),
            _day(given, "observed_until"),
        )
        declare.declare_effect(exchange(), principal(), new, use_of_form())
    except (ConflictError, MalformedInputError) as refused:
        return _form("declare_effect.html", given, refused)
    return go_to("declarations.show")


@blueprint.form(
    "/patterns/declarations/adoption/removal",
    Permission.PREVENTION_WRITE,
    fresh_at="declarations.show",
    does="Take back that your organisation adopted this",
)
def drop_adoption() -> Response:
    """Take an adoption back, with its effects."""
    declare.take_adoption_back(exchange(), principal(), fields("adoption_id")["adoption_id"])
    return go_to("declarations.show")


@blueprint.form(
    "/patterns/declarations/effect/removal",
    Permission.PREVENTION_WRITE,
    fresh_at="declarations.show",
    does="Take back what you declared that it did",
)
def drop_effect() -> Response:
    """Take an effect back."""
    declare.take_effect_back(exchange(), principal(), fields("effect_id")["effect_id"])
    return go_to("declarations.show")


def _form(template: str, given: dict[str, str], refused: ConflictError | MalformedInputError | None = None) -> Response:
    declare.own_adoptions(exchange(), principal())  # refuses whoever declares nothing, before they fill in a form
    catalogue = in_force()
    places = {} if refused is None else {(refused.pointer or "").removeprefix("/"): refused.sentence}
    known: dict[str, Any] = {
        "given": given,
        "faults": dict.fromkeys((*ADOPTION, *EFFECT), "") | places,
        "problems": list(places.items()),
        "countermeasures": [(one.code, f"{one.code} {one.name}") for one in catalogue.countermeasures if one.retired_in is None],
        "behaviours": [(one.code, f"{one.code} {one.name}") for one in catalogue.behaviours if one.retired_in is None],
        "surfaces": pairs(offered(Surface)),
        "states": pairs(AdoptionState),
        "bands": pairs(_BANDS),
        "grades": pairs(EvidenceGrade),
    }
    return pattern_page(template, HTTPStatus.OK if refused is None else HTTPStatus.UNPROCESSABLE_ENTITY, **known)


_BANDS = (
    *(EffectBand.STRONG, EffectBand.MODERATE, EffectBand.SLIGHT),
    *(EffectBand.NONE, EffectBand.ADVERSE, EffectBand.UNKNOWN),
)


def _declares() -> bool:
    return may(Permission.PREVENTION_WRITE)


def _asked(*names: str) -> dict[str, str]:
    return {name: request.args.get(name, "") for name in names}


def _word(words: type[Word], given: dict[str, str], name: str) -> Word:
    if given[name] not in {one.value for one in words}:
        raise MalformedInputError("Choose one of the list.", pointer=f"/{name}")
    return words(given[name])


def _day(given: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(given[name])
    except ValueError:
        raise MalformedInputError("A day is written as 2026-01-31.", pointer=f"/{name}") from None
