from __future__ import annotations

import base64
import hashlib
import re

import pytest

from app.crypto.pkce import challenge_of, has_secret_form, new_browser_secret, nonce_of, verifier_of


def test_all_of_it_is_made_of_the_secret_and_differs_by_use_and_state() -> None:
    secret, state = new_browser_secret(), new_browser_secret()
    made = {nonce_of(secret, state), verifier_of(secret, state), nonce_of(secret, "x"), verifier_of(secret, "x")}
    assert len(made | {nonce_of(state, secret), verifier_of(state, secret)}) == 6
    assert nonce_of(secret, state) == nonce_of(secret, state)


def test_the_verifier_has_the_form_of_the_rfc_and_the_challenge_is_its_digest() -> None:
    verifier = verifier_of("secret", "state")
    assert re.fullmatch("[A-Za-z0-9._~-]{43,128}", verifier)
    wanted = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    assert challenge_of("secret", "state") == wanted


def test_secrets_are_new_each_time_and_known_by_their_form() -> None:
    assert new_browser_secret() != new_browser_secret()
    assert has_secret_form(new_browser_secret())


@pytest.mark.parametrize("text", ["", "A" * 42, "A" * 44, "A" * 42 + "\n", "A" * 42 + "\N{SNOWMAN}", "A" * 42 + "="])
def test_what_has_another_form_is_none(text: str) -> None:
    assert not has_secret_form(text)
