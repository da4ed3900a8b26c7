from __future__ import annotations

import hashlib

from app.services.offline.make_token import make_token


def test_a_token_is_known_by_its_digest_and_does_not_show_itself() -> None:
    own = make_token()
    assert own.digest == hashlib.sha256(own.token.encode()).hexdigest()
    assert own.token not in repr(own)
    assert make_token().token != own.token
