"""One-time codes, against the vectors of RFC 6238 (appendix B, SHA-1), cut to six digits."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from app.crypto.one_time_codes import new_secret, setup_address, step_of
from app.domain.errors import UnauthenticatedError

SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = {
    59: "287082",
    1_111_111_109: "081804",
    1_111_111_111: "050471",
    1_234_567_890: "005924",
    2_000_000_000: "279037",
    20_000_000_000: "353130",
}
SOME = 1_234_567_890


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_the_vectors_of_the_standard(seconds: int, code: str) -> None:
    assert step_of(SECRET, code, at(seconds)) == seconds // 30


def test_a_code_is_good_for_one_step_before_and_after_its_own_and_no_longer() -> None:
    step = SOME // 30
    for off in (-1, 0, 1):
        assert step_of(SECRET, VECTORS[SOME], at((step + off) * 30)) == step
    for off in (-2, 2):
        with pytest.raises(UnauthenticatedError):
            step_of(SECRET, VECTORS[SOME], at((step + off) * 30))


def test_a_code_that_was_used_counts_no_more_nor_one_before_it() -> None:
    step = SOME // 30
    assert step_of(SECRET, VECTORS[SOME], at(SOME), after=step - 1) == step
    for after in (step, step + 1):
        with pytest.raises(UnauthenticatedError):
            step_of(SECRET, VECTORS[SOME], at(SOME), after=after)


@pytest.mark.parametrize("code", ["", "005925", "5924", "0005924", "٠٠٥٩٢٤", "００５９２４", "005924\n", " 05924", "\ud800" * 6])  # noqa: RUF001  # digits of other scripts are the point
def test_what_is_not_the_code_in_six_ascii_digits_is_refused(code: str) -> None:
    with pytest.raises(UnauthenticatedError):
        step_of(SECRET, code, at(SOME))


def test_secrets_have_160_bits_and_differ() -> None:
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(base64.b32decode(one)) for one in made} == {20}


def test_an_app_is_told_secret_name_and_issuer() -> None:
    address = urlsplit(setup_address(SECRET, "analyst a&b", "Breakwater"))
    assert (address.scheme, address.netloc, address.path) == ("otpauth", "totp", "/Breakwater:analyst%20a%26b")
    assert parse_qs(address.query) == {"secret": [SECRET], "issuer": ["Breakwater"]}
