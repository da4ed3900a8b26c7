"""``/catalogue/…``: for the ATT&CK Navigator, and what changed since when. Kept by ``tests/http/test_catalogue_forms.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.http.answers import JSON_MEDIA_TYPE
from app.http.blueprint import ApiBlueprint
from app.http.catalogue import STIX, given, kept_for
from app.http.catalogue_payloads import ChangesPayload, ChangesQuery, ReleaseQuery
from app.services.cataloguing import other_forms
from app.web.context import exchange

blueprint = ApiBlueprint("catalogue_forms", "The catalogue in other forms: public, without an account.")


@blueprint.get("/catalogue/changes", also=(400, 404, 503))
@blueprint.query(ChangesQuery)
@blueprint.answers(HTTPStatus.OK, ChangesPayload)
def changes(query: dict[str, Any]) -> dict[str, Any]:
    """Say what a release (the newest without `release`) added, changed and retired since the release `since`."""
    return other_forms.changes_since(exchange(), query["since"], query["release"])


@blueprint.get("/catalogue/navigator-data", also=(304, 400, 404, 503))
@blueprint.query(ReleaseQuery)
@blueprint.answers_bytes(STIX)
def navigator_data(query: dict[str, Any]) -> Response:
    """Give a release as the data set that the ATT&CK Navigator draws a layer over; unsigned, and for the Navigator alone."""
    return given(other_forms.navigator_data_bytes(exchange(), query["release"]), STIX, kept_for(query))


@blueprint.get("/catalogue/navigator-layer", also=(304, 400, 404, 503))
@blueprint.query(ReleaseQuery)
@blueprint.answers_bytes(JSON_MEDIA_TYPE)
def navigator_layer(query: dict[str, Any]) -> Response:
    """Give a release as an ATT&CK Navigator layer (format 4.5), without scores."""
    return given(other_forms.layer_bytes(exchange(), query["release"]), JSON_MEDIA_TYPE, kept_for(query))
