from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.errors import UnfitKeyError
from app.domain.vocabulary import KeyAlgorithm
from breakwater_client.signing.sign_requests import RequestSigner
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.request_signature import RequestParts, read_claim, verify_request
from tests.factories.policy_values import NOW

ORIGIN = "https://exchange.example.org"
BODY = b"{}"


@pytest.mark.parametrize("algorithm", KeyAlgorithm)
@pytest.mark.parametrize("body", [b"", BODY])
def test_what_it_signs_verifies_with_the_keys_public_half(algorithm: KeyAlgorithm, body: bytes) -> None:
    key = PrivateKey.generate(algorithm)
    headers = [("Content-Type", "application/json"), ("Idempotency-Key", "one"), ("Accept", "*/*")]
    added = RequestSigner.from_pem(key.to_pem()).headers(f"{ORIGIN}:443", "POST", "/a?b=c", headers, body)
    request = RequestParts.at(ORIGIN, "POST", "/a?b=c", [*headers, *added.items()])
    verified = verify_request(request, read_claim(request, datetime.now(UTC)), key.public)
    assert verified.check_body(body) == body
    assert ("Content-Digest" in added) == bool(body)


def test_each_request_has_a_nonce_of_its_own_and_the_time_of_the_machine() -> None:
    signer = RequestSigner(PrivateKey.generate(), lambda: NOW + timedelta(seconds=7))
    nonces = set()
    for _ in range(50):
        request = RequestParts.at(ORIGIN, "GET", "/", signer.headers(ORIGIN, "GET", "/", [], b"").items())
        claim = read_claim(request, NOW)
        nonces.add(claim.nonce)
        assert claim.created == int(NOW.timestamp()) + 7
    assert len(nonces) == 50


def test_what_is_no_key_is_refused_and_a_key_is_not_shown() -> None:
    with pytest.raises(UnfitKeyError):
        RequestSigner.from_pem(b"no key")
    assert repr(RequestSigner(PrivateKey.generate())) == "RequestSigner()"
