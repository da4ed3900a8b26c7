"""``python -m app.http.openapi``: writes ``schemas/openapi.json``, the OpenAPI 3.1 document of the REST interface.

Owns the command; the document itself is made from the routes. Kept by ``tests/http/test_openapi.py`` and
``tests/promises/test_http_documents.py``, which compares the file.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flask import Flask

from app.http.api import describe
from app.http.documentation import as_text

TARGET = Path("schemas") / "openapi.json"


def openapi_text() -> str:
    """Give the document's text, made without a database or keys."""
    return as_text(describe(Flask(__name__, static_folder=None)).spec.to_dict())


def main(target: Path = TARGET) -> None:
    """Write the document to ``target``, by default where the tree keeps it."""
    target.write_text(openapi_text(), encoding="utf-8")
    sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main()
