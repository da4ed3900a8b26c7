"""Discovery and the one API root (TAXII 2.1 §4.1, §4.2). Kept by ``tests/taxii/test_discovery.py``."""

from __future__ import annotations

from flask import Response, request

from app.services.read_document import MAX_BODY_BYTES
from app.taxii.answers import answer
from app.taxii.blueprint import PREFIX, ROOT, TaxiiBlueprint
from app.taxii.media_types import TAXII
from app.taxii.passage import ask
from app.web.context import exchange

_TITLE = "Breakwater"
_ABOUT = "Cross-organisation intelligence sharing for child protection: signed STIX 2.1 in, what your policy allows out."

blueprint = TaxiiBlueprint("discovery")


@blueprint.answers("GET", "/")
def discover() -> Response:
    """Tell where the API root is."""
    ask()
    root = f"{_origin()}{PREFIX}{ROOT}/"
    return answer({"title": _TITLE, "description": _ABOUT, "default": root, "api_roots": [root]})


@blueprint.answers("GET", f"{ROOT}/")
def show_root() -> Response:
    """Tell what the API root speaks, and how much it takes at once."""
    ask()
    return answer({"title": _TITLE, "description": _ABOUT, "versions": [TAXII], "max_content_length": MAX_BODY_BYTES})


def _origin() -> str:
    """Give how partners reach the exchange; where it listens at a free port, the request says which."""
    origin = exchange().duty.origin
    return request.host_url.rstrip("/") if origin.endswith(":0") else origin
