"""Style, scripts and pictures of the portal: files of ``static/``, public, the same for everybody.

Kept by ``tests/portal/test_assets.py``.
"""

from __future__ import annotations

from pathlib import Path

from flask import Response, send_from_directory

from app.domain.errors import NotFoundError
from app.portal.blueprint import PortalBlueprint

STATIC = Path(__file__).parent / "static"
ASSETS = frozenset(path.name for path in STATIC.iterdir())
blueprint = PortalBlueprint("assets")


@blueprint.page("/assets/<name>")
def asset(name: str) -> Response:
    """Give a file by its name; no other is there."""
    if name not in ASSETS:
        raise NotFoundError
    response = send_from_directory(STATIC, name)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
