from __future__ import annotations

import argon2
import pytest

from app.crypto import passwords
from app.crypto.passwords import hash_password, require_password
from app.domain.errors import UnauthenticatedError

PASSWORD = "four words in a row"  # of nobody


def test_a_hash_is_argon2id_at_the_cost_of_rfc_9106_with_a_salt_of_its_own() -> None:
    kept = hash_password(PASSWORD)
    parameters = argon2.extract_parameters(kept)
    assert parameters.type is argon2.Type.ID
    assert (parameters.memory_cost, parameters.time_cost, parameters.salt_len) == (65_536, 3, 16)
    assert kept != hash_password(PASSWORD)
    require_password(kept, PASSWORD)


@pytest.mark.parametrize("password", ["", "four words in a roW", PASSWORD + " ", "\x00", "\ud800"])
def test_another_password_is_refused(password: str) -> None:
    with pytest.raises(UnauthenticatedError):
        require_password(hash_password(PASSWORD), password)


def test_who_has_no_password_is_refused_whatever_they_say() -> None:
    for password in ("", PASSWORD):
        with pytest.raises(UnauthenticatedError):
            require_password(None, password)


def test_looking_for_who_is_not_there_costs_as_much_as_for_who_is() -> None:
    kept, nobodys = (argon2.extract_parameters(one) for one in (hash_password(PASSWORD), passwords._NOBODYS))
    assert kept == nobodys


def test_what_is_no_hash_lets_nobody_in() -> None:
    with pytest.raises(UnauthenticatedError):
        require_password(PASSWORD, PASSWORD)
