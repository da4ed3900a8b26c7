"""Signatures of webhooks are those that the standard's own library verifies."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from breakwater_client.trust.strict_base64 import decode_base64
from breakwater_client.trust.webhook_signature import new_secret, signed_headers

BODY = b'{"type":"poll"}'


def test_a_secret_is_256_random_bits() -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    key = decode_base64(first.removeprefix("whsec_"))
    assert key is not None
    assert len(key) == 32


def test_the_example_of_the_standard_is_signed_as_it_says() -> None:
    at = datetime.fromtimestamp(1_614_265_330, UTC)
    headers = signed_headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}'
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_each_of_several_secrets_verifies_and_no_other() -> None:
    known = [new_secret(), new_secret()]
    headers = dict(signed_headers(known, "msg_1", datetime.now(UTC), BODY))
    for secret in known:
        assert Webhook(secret).verify(BODY, headers) == {"type": "poll"}
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(known[0]).verify(BODY, headers | {"webhook-id": "msg_2"})


def test_what_is_no_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="no secret"):
        signed_headers(["whsec_?"], "msg_1", datetime.now(UTC), BODY)
