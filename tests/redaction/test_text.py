from __future__ import annotations

import base64
import secrets

import pytest

from app.crypto.tokens import new_token
from app.redaction.text import HIDDEN, redacted
from breakwater_client.trust.keys import PrivateKey

KEY = PrivateKey.generate()
SECRETS = [
    new_token(),
    new_token("bwx"),
    KEY.to_pem().decode(),
    KEY.to_pem().decode()[:80],
    KEY.public.to_pem().decode(),
    KEY.to_pem().decode().splitlines()[1],
    base64.b64encode(secrets.token_bytes(32)).decode(),
    base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    base64.b64encode(secrets.token_bytes(64)).decode(),
    secrets.token_bytes(32).hex(),
    secrets.token_bytes(64).hex().upper(),
]


@pytest.mark.parametrize("secret", SECRETS, ids=range(len(SECRETS)))
@pytest.mark.parametrize("form", ["{}", "before {} after", '{{"key": "{}"}}', "key={};", "({})", "{}\n{}"])
def test_what_looks_like_a_secret_is_taken_out(secret: str, form: str) -> None:
    left = redacted(form.replace("{}", secret).replace("{{", "{").replace("}}", "}"))
    assert secret not in left
    assert HIDDEN in left
    assert not any(line in left for line in secret.splitlines() if len(line) > 30)


@pytest.mark.parametrize(
    "line",
    [
        "Authorization: Bearer s3cr3t-and-more",
        "authorization: Basic czNjcjN0",
        "'Authorization': 'Token s3cr3t'",
        "Proxy-Authorization: s3cr3t",
        "Signature: sig1=:s3cr3t:",
        "Signature-Input: sig1=(s3cr3t)",
        "Cookie: a=s3cr3t",
        "Set-Cookie: a=s3cr3t; HttpOnly",
        "sent bearer s3cr3t-and-more to it",
        "postgresql://user:s3cr3t@db.example.org/x",
        "https://s3cr3t@exchange.example.org",
    ],
)
def test_headers_and_addresses_lose_what_proves_who_somebody_is(line: str) -> None:
    left = redacted(line)
    assert "s3cr3t" not in left
    assert "czNjcjN0" not in left


@pytest.mark.parametrize(
    "text",
    [
        "",
        "request",
        "/api/v1/objects/<stix_id>",
        "c28f754d-b4b9-49fe-835a-ed3b84c4df19",
        "e6fc31d151e0490d8783105df7af5fe7",
        "/usr/lib/python3/site/packages/some/very/long/folder/names/module/submit.py:145",
        "/home/Exchange/Projects/breakwater/app/services/intake/submit.py:145",
        "app/services/authenticate.py:12, app/storage/credentials.py:120",
        "/objects/1/extensions/extension-definition--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95/subject_status",
        "work failed: KeyError at do_work.py:1",
        "alarm: content-forbidden partner=5f4a7a24-c134-4e3c-a90f-2f12d5c7da95 subject=None pointer=/objects/1",
        "Listening at: http://127.0.0.1:8000 (17)",
        "2026-11-26T13:00:00.000000Z",
    ],
)
def test_what_a_log_is_read_for_stays(text: str) -> None:
    assert redacted(text) == text


def test_random_keys_are_always_seen() -> None:
    for _ in range(2_000):
        key = base64.b64encode(secrets.token_bytes(48)).decode()
        assert key not in redacted(f"x {key} y")
