"""What a TAXII client is told of an exchange: where it is, and as whom to come.

Owns the account and its plain requests. Kept by ``tests/walk/test_two_servers.py``.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import requests
import taxii2client.v21 as taxii

MEDIA_TYPE = "application/taxii+json;version=2.1"
_ANSWER_SECONDS = 60


@dataclass(frozen=True)
class Account:
    """Where to read, and as whom."""

    discovery: str
    api_root: str
    username: str
    token: str

    def get(self, path: str, authorization: str, **parameters: Any) -> requests.Response:
        """Ask for something below the API root; parameters that are None are left out, as HTTP libraries do."""
        headers = {"Accept": MEDIA_TYPE, "Authorization": authorization}
        answer = requests.get(self.api_root + path, params=parameters, headers=headers, timeout=_ANSWER_SECONDS)
        assert answer.status_code == 200, answer.text
        return answer

    def basic(self, scheme: str = "Basic") -> str:
        """Give the header of Basic authentication."""
        return f"{scheme} {base64.b64encode(f'{self.username}:{self.token}'.encode()).decode()}"

    def collection(self, collection_id: str) -> taxii.Collection:
        """Give taxii2-client's own collection, by Basic; to be closed."""
        return taxii.Collection(f"{self.api_root}collections/{collection_id}/", user=self.username, password=self.token)
