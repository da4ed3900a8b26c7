"""The exchange's TAXII interface as commands call it: finding the API root, and posting objects to a collection.

Owns the two requests; REST is ``app/cli/api.py``. The address must be one that ``Api`` would take, for the token goes there, and
nowhere else: of what the discovery names only the path counts. Kept by ``tests/cli/test_taxii.py``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from app.cli.faults import CommandFault, ExitCode, printable

DISCOVERY = "/taxii2/"
_MEDIA_TYPE = "application/taxii+json;version=2.1"
_TIME_LIMITS_SECONDS = (5, 120)
_PAUSE_SECONDS = 0.05
_PATIENCE_SECONDS = 60.0


class TaxiiRoot:
    """The API root that an exchange names in its discovery, as the holder of a token sees it."""

    def __init__(self, url: str, token: str) -> None:
        """Ask for the discovery.

        Raises:
            CommandFault: there is no TAXII here, or not for this token.
        """
        from requests import Session

        self._session = Session()
        self._session.trust_env = False
        self._session.headers.update({"Accept": _MEDIA_TYPE, "Authorization": f"Bearer {token}"})
        discovery = self._call("GET", url + DISCOVERY)
        self.path: str = urlsplit(discovery["default"]).path
        """Where the API root lies on its host."""

        self._root = url + self.path

    def post(self, collection_id: str, objects: Sequence[Mapping[str, Any]]) -> None:
        """Post objects to a collection; returns when all are there, also if they were before.

        Raises:
            CommandFault: one of them was not taken.
        """
        status = self._call("POST", f"{self._root}collections/{collection_id}/objects/", {"objects": list(objects)})
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while status["status"] != "complete" and time.monotonic() < deadline:
            time.sleep(_PAUSE_SECONDS)
            status = self._call("GET", f"{self._root}status/{status['id']}/")
        if status["success_count"] != len(objects):
            reasons = "; ".join(str(one.get("message", one["id"])) for one in status.get("failures", []))
            raise CommandFault(f"The exchange did not take everything: {printable(reasons)}", code="taxii-failures")

    def _call(self, method: str, url: str, body: Any = None) -> Any:
        headers = {} if body is None else {"Content-Type": _MEDIA_TYPE}
        answer = self._session.request(
            method, url, json=body, headers=headers, timeout=_TIME_LIMITS_SECONDS, allow_redirects=False
        )
        if answer.status_code not in {200, 202}:
            sentence = f"{method} {urlsplit(url).path} was answered with {answer.status_code}."
            raise CommandFault(sentence, ExitCode.REFUSED, code="taxii", status=answer.status_code)
        return answer.json()
