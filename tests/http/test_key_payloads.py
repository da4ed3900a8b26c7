from __future__ import annotations

from app.crypto.jwk import jwk
from app.crypto.keys import PrivateKey
from app.domain.vocabulary import KeyAlgorithm
from app.http.key_payloads import WebKeyPayload


def test_a_web_key_is_described_member_by_member() -> None:
    made = jwk(PrivateKey.generate(KeyAlgorithm.P256).public) | {"usage": "object-signing", "owner": "identity--x"}
    assert set(WebKeyPayload().fields) == set(made)
