"""``/livez``, ``/readyz`` and ``/metrics``, for whoever runs the server. Kept by ``tests/http/test_health.py``."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Response
from marshmallow import Schema, fields

from app.domain.errors import UnavailableError
from app.domain.permissions import Permission
from app.domain.read_only import ReadOnlyReason
from app.http.blueprint import ApiBlueprint
from app.services.proving.kept_checkpoint import why_read_only
from app.services.start_exchange import why_not_ready
from app.services.watching.measures import read_measures
from app.web import metrics
from app.web.context import exchange, principal

blueprint = ApiBlueprint("health", "For load balancers and monitoring.", url_prefix="")
AGREES = "agrees"
_NOT_READY: Mapping[str, str] = {
    "database": "The database cannot be reached.",
    "initialisation": "This exchange is not initialised yet; run `breakwater init`.",
    "keys": "This server holds a key that is not the exchange's one in force; see `breakwater exchange-key list`.",
    "signer": "The signer cannot be reached, or holds another key.",
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


class ReadyPayload(HealthPayload):
    """``ok``, and whether contacts are paged by mail (``mail``) or nobody is, since no mail server is set (``nobody``).

    ``log`` is ``agrees``, or why the exchange is read-only: what it finds in its database is not what it published.
    """

    paging = fields.String(required=True, metadata={"enum": ["mail", "nobody"]})
    log = fields.String(required=True, metadata={"enum": [AGREES, *ReadOnlyReason]})


@blueprint.get("/readyz", also=(400, 503))
@blueprint.answers(HTTPStatus.OK, ReadyPayload)
def ready() -> dict[str, str]:
    """Say if this server should get requests: database, migrations, initialisation, signer, keys; and whether it can page."""
    missing = why_not_ready(exchange())
    if missing is not None:
        raise UnavailableError(_NOT_READY[missing])
    return {"status": "ok", "paging": "mail" if exchange().relay else "nobody", "log": why_read_only(exchange()) or AGREES}


@blueprint.get("/metrics", Permission.METRICS_READ)
@blueprint.answers_text()
def scrape() -> Response:
    """Give counts of requests and their durations, and how the exchange is, in Prometheus's text format."""
    return metrics.exposition(read_measures(exchange(), principal()))
