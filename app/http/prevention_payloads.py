"""Bodies of the routes about prevention. Kept by ``tests/http/test_prevention_payloads.py``."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump

from app.domain.object_vocabulary import EvidenceGrade
from app.domain.prevention import AdoptionState, EffectBand, Measure, Release, Trend
from app.domain.vocabulary import Phase, Surface
from app.http.fields import Form, Moment, Word
from app.http.payloads import EnvelopePayload, Strict
from app.services.preventing.declare import NewAdoption, NewEffect, SeenEffect
from app.services.preventing.elsewhere import Place
from app.services.preventing.numbers import Told
from app.services.preventing.read import HELPED_RANKED_BY, PICTURE_RANKED_BY, Answer, Happening, Helped, Picture
from app.services.preventing.release import document_of

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Day(fields.Date):
    """A day: ``2026-01-31``, and no other spelling."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise ValidationError("A day is written as 2026-01-31.")


def _behaviour(**options: Any) -> fields.String:
    return fields.String(validate=Form("OP-[0-9]{3}", "A behaviour's code is OP- and three digits."), **options)


def _countermeasure(**options: Any) -> fields.String:
    return fields.String(validate=Form("CM-[0-9]{3}", "A countermeasure's code is CM- and three digits."), **options)


# --- declarations -----------------------------------------------------------------------------------------------------------


class NewAdoptionPayload(Strict):
    """What your organisation says of a countermeasure on a surface; ``until`` where it has ended, and nowhere else."""

    surface = Word(Surface, required=True)
    countermeasure = _countermeasure(required=True)
    state = Word(AdoptionState, required=True)
    since = Day(required=True)
    until = Day(load_default=None, allow_none=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewAdoption:
        return NewAdoption(**values)


class NewEffectPayload(Strict):
    """What your organisation says that an adopted countermeasure did to a behaviour, and in which days it saw that."""

    surface = Word(Surface, required=True)
    countermeasure = _countermeasure(required=True)
    behaviour = _behaviour(required=True)
    band = Word(EffectBand, required=True)
    evidence = Word(EvidenceGrade, required=True)
    observed_from = Day(required=True)
    observed_until = Day(required=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewEffect:
        return NewEffect(**values)


class AdoptionPayload(Schema):
    """An adoption as your organisation declared it last."""

    id = fields.String(attribute="adoption_id", required=True)
    surface = Word(Surface, required=True)
    countermeasure = fields.String(required=True)
    state = Word(AdoptionState, required=True)
    since = Day(required=True)
    until = Day(required=True, allow_none=True)
    declared_at = Moment(required=True)


class AdoptionsPayload(Schema):
    """Your organisation's adoptions, by surface and countermeasure."""

    adoptions = fields.List(fields.Nested(AdoptionPayload), required=True)


class EffectPayload(Schema):
    """An effect as your organisation declared it last. ``mitigates``: the catalogue expects it; it counts either way."""

    id = fields.String(attribute="effect_id", required=True)
    surface = Word(Surface, required=True)
    countermeasure = fields.String(required=True)
    behaviour = fields.String(required=True)
    band = Word(EffectBand, required=True)
    evidence = Word(EvidenceGrade, required=True)
    observed_from = Day(required=True)
    observed_until = Day(required=True)
    declared_at = Moment(required=True)
    mitigates = fields.Boolean(required=True)

    @pre_dump
    def _flatten(self, seen: SeenEffect, **_: Any) -> dict[str, Any]:
        return asdict(seen.effect) | {"mitigates": seen.mitigates}


class EffectsPayload(Schema):
    """Your organisation's effects, by surface, countermeasure and behaviour."""

    effects = fields.List(fields.Nested(EffectPayload), required=True)


# --- releases ---------------------------------------------------------------------------------------------------------------


class CellPayload(Schema):
    """One released number: how many organisations; ``trend`` compares it with the release before."""

    measure = Word(Measure, required=True)
    surface = Word(Surface, required=True)
    behaviour = fields.String(required=True, allow_none=True)
    countermeasure = fields.String(required=True, allow_none=True)
    organisations = fields.Integer(required=True)
    trend = Word(Trend, required=True)


class PreventionReleaseHeadPayload(Schema):
    """Which release it is. ``catalogue_release`` is the catalogue's, whose codes count in it."""

    number = fields.Integer(required=True)
    released_at = fields.String(attribute="created_at", required=True)
    reports_since = fields.String(required=True)
    catalogue_release = fields.Integer(required=True)
    log_index = fields.Integer(required=True)

    @pre_dump
    def _open(self, release: Release, **_: Any) -> dict[str, Any]:
        return {**document_of(release), "log_index": release.log_index, "envelope": release.envelope}


class PreventionReleasePayload(PreventionReleaseHeadPayload):
    """A release, whole. Cells that are not listed have not enough organisations. ``envelope`` is what the exchange signed."""

    cells = fields.List(fields.Nested(CellPayload), required=True)
    envelope = fields.Nested(EnvelopePayload, required=True)


class PreventionReleasesPayload(Schema):
    """All releases, newest first."""

    releases = fields.List(fields.Nested(PreventionReleaseHeadPayload), required=True)


# --- questions --------------------------------------------------------------------------------------------------------------


class HelpedQuery(Strict):
    """Against which behaviour, and on which surface."""

    behaviour = _behaviour(required=True)
    surface = Word(Surface, required=True)


class PictureQuery(Strict):
    """Of which surface."""

    surface = Word(Surface, required=True)


class ReleasedNumberPayload(Schema):
    """A released number; null: not enough organisations."""

    organisations = fields.Integer(required=True, allow_none=True)
    trend = Word(Trend, required=True)


class HelpedByPayload(Schema):
    """A countermeasure, the catalogue's evidence for it, and what organisations say.

    ``mitigates``: the catalogue says that it does; where it does not, organisations say so alone.
    """

    code = fields.String(required=True)
    name = fields.String(required=True)
    evidence = Word(EvidenceGrade, required=True)
    rights_impact = fields.String(required=True)
    mitigates = fields.Boolean(required=True)
    adopted = fields.Nested(ReleasedNumberPayload, required=True)
    helped = fields.Nested(ReleasedNumberPayload, required=True)
    helped_much = fields.Nested(ReleasedNumberPayload, required=True)
    not_helped = fields.Nested(ReleasedNumberPayload, required=True)
    adverse = fields.Nested(ReleasedNumberPayload, required=True)

    @pre_dump
    def _flatten(self, one: Helped, **_: Any) -> dict[str, Any]:
        told: dict[str, Told] = {measure.value.replace("-", "_"): value for measure, value in one.told.items()}
        names = ("code", "name", "evidence", "rights_impact")
        return {name: getattr(one.countermeasure, name) for name in names} | told | {"mitigates": one.mitigates}


class _AnswerPayload(Schema):
    release = fields.Integer(required=True, allow_none=True)
    released_at = fields.String(required=True, allow_none=True)
    reports_since = fields.String(required=True, allow_none=True)
    ranked_by = fields.List(fields.String(), required=True)


class ToldElsewherePayload(Schema):
    """A behaviour on a surface of which the release tells what these countermeasures did."""

    surface = Word(Surface, required=True)
    behaviour = fields.String(attribute="behaviour.code", required=True)
    name = fields.String(attribute="behaviour.name", required=True)
    countermeasures = fields.List(fields.String(), required=True)

    @pre_dump
    def _flatten(self, place: Place, **_: Any) -> dict[str, Any]:
        return {name: getattr(place, name) for name in ("surface", "behaviour", "countermeasures")}


class HelpedPayload(_AnswerPayload):
    """What helped against a behaviour on a surface, best first. ``release`` null: there is none yet.

    ``ranked_by``: the first first; numbers with the largest first, and null as nothing.
    ``elsewhere``: the nearest places of which effects are told, if none is told here.
    """

    surface = Word(Surface, required=True)
    behaviour = fields.String(attribute="behaviour.code", required=True)
    name = fields.String(attribute="behaviour.name", required=True)
    countermeasures = fields.List(fields.Nested(HelpedByPayload), required=True)
    elsewhere = fields.List(fields.Nested(ToldElsewherePayload), required=True)

    @pre_dump
    def _flatten(self, answer: Answer, **_: Any) -> dict[str, Any]:
        said = {name: getattr(answer, name) for name in ("surface", "behaviour", "countermeasures", "elsewhere")}
        return said | _head(answer.release, HELPED_RANKED_BY)


class HappeningPayload(Schema):
    """A behaviour on a surface: how many organisations reported it within a quarter, and what helped against it."""

    behaviour = fields.String(attribute="behaviour.code", required=True)
    name = fields.String(attribute="behaviour.name", required=True)
    phase = Word(Phase, attribute="behaviour.phase", required=True)
    reported = fields.Nested(ReleasedNumberPayload, required=True)
    countermeasures = fields.List(fields.Nested(HelpedByPayload), required=True)

    @pre_dump
    def _flatten(self, one: Happening, **_: Any) -> dict[str, Any]:
        return {name: getattr(one, name) for name in ("behaviour", "reported", "countermeasures")}


class OtherSurfacePayload(Schema):
    """A surface of which the release tells how often these behaviours were reported, most reported first."""

    surface = Word(Surface, required=True)
    behaviours = fields.List(fields.String(), required=True)


class PicturePayload(_AnswerPayload):
    """What happens on a surface, most reported first. ``on_surface``: how many organisations said anything of it.

    ``ranked_by``: the first first, null as nothing; ``helped`` is the most that one countermeasure helped.
    ``elsewhere``: the nearest surfaces of which reports are told, if none is told here.
    """

    surface = Word(Surface, required=True)
    on_surface = fields.Nested(ReleasedNumberPayload, required=True)
    behaviours = fields.List(fields.Nested(HappeningPayload), required=True)
    elsewhere = fields.List(fields.Nested(OtherSurfacePayload), required=True)

    @pre_dump
    def _flatten(self, picture: Picture, **_: Any) -> dict[str, Any]:
        said = {name: getattr(picture, name) for name in ("surface", "on_surface", "behaviours", "elsewhere")}
        return said | _head(picture.release, PICTURE_RANKED_BY)


def _head(release: Release | None, ranked_by: tuple[str, ...]) -> dict[str, Any]:
    """Give what both answers say of the release that they were read from."""
    said = {} if release is None else document_of(release)
    dates = {"released_at": said.get("created_at"), "reports_since": said.get("reports_since")}
    return {"release": said.get("number"), **dates, "ranked_by": list(ranked_by)}
