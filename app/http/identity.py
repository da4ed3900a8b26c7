"""``/exchange``: the exchange's public identity, so that receipts can be verified. Kept by ``tests/http/test_identity.py``."""

from __future__ import annotations

from http import HTTPStatus

from app.http.blueprint import ApiBlueprint
from app.http.payloads import ExchangePayload
from app.services.start_exchange import ExchangeIdentity, identity
from app.web.context import exchange

blueprint = ApiBlueprint("exchange", "The exchange's own identity.")


@blueprint.get("/exchange", also=(400, 503))
@blueprint.answers(HTTPStatus.OK, ExchangePayload)
def show() -> ExchangeIdentity:
    """Give the exchange's id and the public key that verifies its receipts."""
    return identity(exchange())
