"""``/prevention``: one's own declarations of countermeasures, and releases of counts for everybody.

Kept by ``tests/http/test_prevention.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.permissions import Permission
from app.domain.prevention import Adoption
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.paging_payloads import RemovedPayload
from app.http.payloads import NothingPayload
from app.http.prevention_payloads import (
    AdoptionPayload,
    AdoptionsPayload,
    EffectPayload,
    EffectsPayload,
    HelpedPayload,
    HelpedQuery,
    NewAdoptionPayload,
    NewEffectPayload,
    PicturePayload,
    PictureQuery,
    PreventionReleasePayload,
    PreventionReleasesPayload,
)
from app.services.preventing import csv_release, declare, read
from app.services.preventing import release as releasing
from app.web.context import exchange, principal

CSV = "text/csv"
_RELEASE = "/prevention/releases/<release>"
blueprint = ApiBlueprint("prevention", "Countermeasures: your own declarations, and dated releases that count organisations.")


@blueprint.get("/prevention/adoptions", Permission.PREVENTION_READ)
@blueprint.answers(HTTPStatus.OK, AdoptionsPayload)
def find_adoptions() -> dict[str, Any]:
    """List the countermeasures that your own organisation declared."""
    return {"adoptions": declare.own_adoptions(exchange(), principal())}


@blueprint.post("/prevention/adoptions", Permission.PREVENTION_WRITE)
@blueprint.body(NewAdoptionPayload)
@blueprint.answers(HTTPStatus.CREATED, AdoptionPayload)
def declare_adoption(new: declare.NewAdoption) -> tuple[Adoption, int]:
    """Declare a countermeasure on a surface, in the place of what you said of it before."""
    return declare.declare_adoption(exchange(), principal(), new, use_of_key()), HTTPStatus.CREATED


@blueprint.post("/prevention/adoptions/<adoption_id>/removal", Permission.PREVENTION_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, RemovedPayload)
def remove_adoption(_nothing: dict[str, Any], adoption_id: str) -> dict[str, str]:
    """Take an adoption back with its effects, as if it had never been said; releases that were made stay."""
    declare.take_adoption_back(exchange(), principal(), adoption_id, use_of_key())
    return {"id": adoption_id}


@blueprint.get("/prevention/effects", Permission.PREVENTION_READ)
@blueprint.answers(HTTPStatus.OK, EffectsPayload)
def find_effects() -> dict[str, Any]:
    """List the effects that your own organisation declared."""
    own = declare.own_effects(exchange(), principal())
    return {"effects": declare.beside_the_catalogue(exchange(), own)}


@blueprint.post("/prevention/effects", Permission.PREVENTION_WRITE)
@blueprint.body(NewEffectPayload)
@blueprint.answers(HTTPStatus.CREATED, EffectPayload)
def declare_effect(new: declare.NewEffect) -> tuple[declare.SeenEffect, int]:
    """Declare what an adopted countermeasure did to a behaviour, in the place of what you said of it before."""
    made = declare.declare_effect(exchange(), principal(), new, use_of_key())
    return declare.beside_the_catalogue(exchange(), [made])[0], HTTPStatus.CREATED


@blueprint.post("/prevention/effects/<effect_id>/removal", Permission.PREVENTION_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, RemovedPayload)
def remove_effect(_nothing: dict[str, Any], effect_id: str) -> dict[str, str]:
    """Take an effect back, as if it had never been said; releases that were made stay."""
    declare.take_effect_back(exchange(), principal(), effect_id, use_of_key())
    return {"id": effect_id}


@blueprint.get("/prevention/releases", Permission.PREVENTION_READ)
@blueprint.answers(HTTPStatus.OK, PreventionReleasesPayload)
def find_releases() -> dict[str, Any]:
    """List the releases, newest first."""
    return {"releases": read.list_releases(exchange(), principal())}


@blueprint.post("/prevention/releases", Permission.WORK_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.CREATED, PreventionReleasePayload)
def make_release(_nothing: dict[str, Any]) -> tuple[Any, int, dict[str, str]]:
    """Make a release now instead of in its time; 28 days after the last one at the soonest."""
    made = releasing.make_release(exchange(), principal(), use_of_key())
    return made, HTTPStatus.CREATED, {"Location": f"{PREFIX}/prevention/releases/{made.number}"}


@blueprint.get(_RELEASE, Permission.PREVENTION_READ)
@blueprint.answers(HTTPStatus.OK, PreventionReleasePayload)
def find_release(release: str) -> Any:
    """Give a release, whole, with what the exchange signed."""
    return read.get_release(exchange(), principal(), read.number_of(release))


@blueprint.get(f"{_RELEASE}/table.csv", Permission.PREVENTION_READ)
@blueprint.answers_bytes(CSV)
def find_table(release: str) -> Response:
    """Give a release as one table for spreadsheets."""
    return Response(
        csv_release.release_as_csv(exchange(), principal(), read.number_of(release)), content_type=f"{CSV}; charset=utf-8"
    )


@blueprint.get("/prevention/helped", Permission.PREVENTION_READ)
@blueprint.query(HelpedQuery)
@blueprint.answers(HTTPStatus.OK, HelpedPayload)
def find_helped(query: dict[str, Any]) -> read.Answer:
    """Say what helped others against a behaviour on a surface, best first: by the newest release alone."""
    return read.what_helped(exchange(), principal(), query["behaviour"], query["surface"])


@blueprint.get("/prevention/picture", Permission.PREVENTION_READ)
@blueprint.query(PictureQuery)
@blueprint.answers(HTTPStatus.OK, PicturePayload)
def find_picture(query: dict[str, Any]) -> read.Picture:
    """Say what happens on a surface, most reported first, and what helped: by the newest release alone."""
    return read.picture_of(exchange(), principal(), query["surface"])
