from __future__ import annotations

import pytest

from app.domain.errors import UnauthenticatedError
from app.services.signing_in.by_password import Shown, sign_in_by_password
from tests.factories.members import Hub


@pytest.mark.parametrize("login", ["", "nobody.a", "a\x00b", "a\ud800b", "a" * 100_000], ids=range(5))
def test_a_name_that_is_nobodys_is_refused_whatever_text_it_is(hub: Hub, login: str) -> None:
    with pytest.raises(UnauthenticatedError):
        sign_in_by_password(hub.exchange, Shown(login, "four words in a row", "000000"))
