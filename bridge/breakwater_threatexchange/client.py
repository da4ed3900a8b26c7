"""The few calls of the exchange's REST interface that the plug-in makes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import requests

_SECONDS = (10, 120)
_LOOPBACK = ("http://127.0.0.1", "http://localhost", "http://[::1]")


class ExchangeError(Exception):
    """The exchange refused or did not answer as one; holds its code and sentence, never a value that was sent."""


class Client:
    """Speaks to one exchange with a token, for one purpose."""

    def __init__(self, url: str, token: str, purpose: str) -> None:
        """Check the address; plain HTTP goes to this machine alone."""
        if not url.startswith(("https://", *_LOOPBACK)):
            raise ExchangeError("A token goes to https addresses, or to this machine.")
        self._base = f"{url.rstrip('/')}/api/v1"
        self._session = requests.Session()
        self._session.headers.update({"Authorization": f"Bearer {token}", "Breakwater-Purpose": purpose})

    def page(self, types: Sequence[str], cursor: str | None, limit: int) -> dict[str, Any]:
        """Give the next objects of the feed, with ``more`` and ``next``."""
        parameters: dict[str, Any] = {"type": list(types), "limit": limit}
        if cursor is not None:
            parameters["next"] = cursor
        return self._answer("GET", "/objects", params=parameters)

    def submit(self, objects: Sequence[Mapping[str, Any]]) -> None:
        """Submit objects; raises ``ExchangeError`` if one of them is refused."""
        told = self._answer(
            "POST", "/submissions", json={"objects": list(objects)}, headers={"Idempotency-Key": str(uuid.uuid4())}
        )
        for one in told["results"]:
            if one["status"] == "refused":
                raise ExchangeError(f"{one.get('code')}: {one.get('detail', 'refused')}")

    def _answer(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            answer = self._session.request(method, self._base + path, timeout=_SECONDS, allow_redirects=False, **options)
            document = answer.json()
        except requests.RequestException as exc:
            raise ExchangeError(f"The exchange cannot be reached, or does not answer as one: {type(exc).__name__}") from None
        if not answer.ok or not isinstance(document, dict):
            raise ExchangeError(f"{document.get('code', answer.status_code)}: {document.get('detail', 'refused')}")
        return document
