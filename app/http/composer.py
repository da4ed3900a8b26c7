"""``/compose``: from a form to objects that are ready to be signed. Kept by ``tests/http/test_composer.py``."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from app.domain.permissions import Permission
from app.http.answers import answer_json, whom_to_call
from app.http.blueprint import ApiBlueprint
from app.http.composer_payloads import ComposedPayload
from app.http.strict_parser import JSON
from app.services.composing.compose import compose_for
from app.services.composing.compose_form import form_schema
from app.services.composing.tell import composed_document
from app.services.read_document import read_document
from app.web.bodies import raw_body
from app.web.context import exchange, principal

blueprint = ApiBlueprint("composer", "From a form that people fill in to objects that are ready to be signed.")
_BODY = {"application/json": {"schema": form_schema()}}


@blueprint.post("/compose", Permission.OBJECTS_SUBMIT)
@blueprint.described(requestBody={"required": True, "content": _BODY})
@blueprint.answers(HTTPStatus.OK, ComposedPayload)
def compose() -> Response:
    """Turn an observation into objects, each with one handling, to be signed and submitted. Nothing of it is stored.

    With refusals there are no objects; all of them are told, each with its place in the form.
    """
    composed = compose_for(exchange(), principal(), read_document(raw_body(JSON)))
    partner = principal().partner
    to_call = exchange().duty.whom_to_call(partner.jurisdiction if partner else "")
    urgent = {"imminent_risk": whom_to_call(to_call)} if composed.imminent_risk else {}
    return answer_json(composed_document(composed) | urgent)
