from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError
from app.domain.sign_in import INVITATION_LASTS
from app.services.signing_in.invite import invite_person
from app.services.signing_in.who_signs_in import SigningIn, who_signs_in
from tests.factories.members import Hub
from tests.factories.sign_ins import accept, new_person, set_up


def test_who_is_invited_and_who_is_set_up_is_told_to_who_keeps_them(quick_hub: Hub) -> None:
    administrator, other = (quick_hub.enrol(name).administrator() for name in ("Platform A", "Platform B"))
    person_id = new_person(quick_hub, administrator)
    assert who_signs_in(quick_hub.exchange, administrator)[person_id] == SigningIn(is_set_up=False, invited_until=None)
    made = invite_person(quick_hub.exchange, administrator, person_id)
    until = made.invitation.expires_at
    assert who_signs_in(quick_hub.exchange, administrator)[person_id] == SigningIn(is_set_up=False, invited_until=until)
    accept(quick_hub, made.secret)
    assert who_signs_in(quick_hub.exchange, administrator)[person_id] == SigningIn(is_set_up=True, invited_until=None)
    assert person_id not in who_signs_in(quick_hub.exchange, other)
    assert set(who_signs_in(quick_hub.exchange, administrator, {person_id})) == {person_id}
    assert who_signs_in(quick_hub.exchange, other, {person_id}) == {}


def test_an_invitation_that_is_over_is_none(quick_hub: Hub) -> None:
    administrator = quick_hub.enrol("Platform A").administrator()
    person_id = new_person(quick_hub, administrator)
    invite_person(quick_hub.exchange, administrator, person_id)
    quick_hub.clock.now += INVITATION_LASTS
    assert who_signs_in(quick_hub.exchange, administrator)[person_id].invited_until is None


def test_an_analyst_is_not_told(quick_hub: Hub) -> None:
    administrator = quick_hub.enrol("Platform A").administrator()
    with pytest.raises(ForbiddenError):
        who_signs_in(quick_hub.exchange, set_up(quick_hub, administrator).signed_in().principal)
