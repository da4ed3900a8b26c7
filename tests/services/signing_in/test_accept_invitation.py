from __future__ import annotations

import pyotp
import pytest

from app.domain.errors import ConflictError, MalformedInputError, NotFoundError
from app.services.signing_in.accept_invitation import Setup, accept_with_password, look_at_invitation
from app.services.signing_in.invite import invite_person
from tests.factories.members import Hub
from tests.factories.sign_ins import PASSWORD, accept, new_person, set_up


def invited(hub: Hub) -> str:
    administrator = hub.members[0].administrator()
    return invite_person(hub.exchange, administrator, new_person(hub, administrator)).secret


@pytest.fixture
def secret(quick_hub: Hub) -> str:
    quick_hub.enrol("Platform A")
    return invited(quick_hub)


def test_whoever_accepts_is_signed_in_and_the_link_serves_no_more(quick_hub: Hub, secret: str) -> None:
    analyst = accept(quick_hub, secret)
    assert analyst.signed_in().principal.credential.person_id == analyst.person_id
    with pytest.raises(NotFoundError):
        accept(quick_hub, secret)


@pytest.mark.parametrize(
    ("login", "password", "pointer"),
    [
        ("x", PASSWORD, "/login"),
        ("a\x00bc", PASSWORD, "/login"),
        ("analyst.a", "short", "/password"),
        ("analyst.a", "a" * 30, "/password"),
    ],
)
def test_what_is_not_taken_says_which_part(quick_hub: Hub, secret: str, login: str, password: str, pointer: str) -> None:
    welcome = look_at_invitation(quick_hub.exchange, secret)
    code = pyotp.TOTP(welcome.code_secret).at(quick_hub.clock.now)
    with pytest.raises(MalformedInputError) as caught:
        accept_with_password(quick_hub.exchange, secret, Setup(login, password, code, welcome.sealed_secret))
    assert caught.value.pointer == pointer
    assert accept(quick_hub, secret)


def test_a_code_of_another_secret_or_the_seal_of_another_invitation_is_refused(quick_hub: Hub, secret: str) -> None:
    welcome = look_at_invitation(quick_hub.exchange, secret)
    code = pyotp.TOTP(welcome.code_secret).at(quick_hub.clock.now)
    with pytest.raises(MalformedInputError) as caught:
        accept_with_password(quick_hub.exchange, secret, Setup("analyst.a", PASSWORD, "000000", welcome.sealed_secret))
    assert caught.value.pointer == "/code"
    other = look_at_invitation(quick_hub.exchange, secret).sealed_secret
    with pytest.raises(MalformedInputError):
        accept_with_password(quick_hub.exchange, secret, Setup("analyst.a", PASSWORD, code, other))
    with pytest.raises(MalformedInputError):
        accept_with_password(quick_hub.exchange, secret, Setup("analyst.a", PASSWORD, code, "x"))


def test_a_name_is_somebodys_once_whatever_its_case(quick_hub: Hub, secret: str) -> None:
    set_up(quick_hub, quick_hub.enrol("Platform B").administrator(), "analyst.a")
    with pytest.raises(ConflictError):
        accept(quick_hub, secret, " Analyst.A ")
