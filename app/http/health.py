"""``/livez``, ``/readyz`` and ``/metrics``, for whoever runs the server. Kept by ``tests/http/test_health.py``."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Response
from marshmallow import Schema, fields

from app.domain.errors import UnavailableError
from app.domain.permissions import Permission
from app.http import metrics
from app.http.blueprint import ApiBlueprint
from app.http.context import exchange
from app.services.start_exchange import why_not_ready

blueprint = ApiBlueprint("health", "For load balancers and monitoring.", url_prefix="")
_NOT_READY: Mapping[str, str] = {
    "database": "The database cannot be reached.",
    "initialisation": "This exchange is not initialised yet; run `breakwater init`.",
    "migrations": "The database is not at the schema of this release; run `breakwater db migrate`.",
}


class HealthPayload(Schema):
    """Nothing but a word: ``ok``."""

    status = fields.String(required=True)


@blueprint.get("/livez", also=(400,))
@blueprint.answers(HTTPStatus.OK, HealthPayload)
def live() -> dict[str, str]:
    """Say that the process answers; asks nothing else."""
    return {"status": "ok"}


@blueprint.get("/readyz", also=(400, 503))
@blueprint.answers(HTTPStatus.OK, HealthPayload)
def ready() -> dict[str, str]:
    """Say whether this server should get requests: database, migrations, initialisation."""
    missing = why_not_ready(exchange())
    if missing is not None:
        raise UnavailableError(_NOT_READY[missing])
    return {"status": "ok"}


@blueprint.get("/metrics", Permission.METRICS_READ)
@blueprint.answers_text()
def scrape() -> Response:
    """Give counts and durations of requests in Prometheus's text format."""
    return metrics.exposition()
