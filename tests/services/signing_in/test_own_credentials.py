from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError
from app.domain.sign_in import SESSION_IDLES
from app.services.signing_in.own_credentials import end_credentials_of, own_credentials
from tests.factories.members import Hub
from tests.factories.sign_ins import set_up


def test_sessions_and_tokens_are_told_apart_and_end_together(quick_hub: Hub) -> None:
    administrator = quick_hub.enrol("Platform A").administrator()
    person = set_up(quick_hub, administrator)
    person_id = str(person.signed_in().principal.credential.person_id)
    own = own_credentials(quick_hub.exchange, administrator)
    [session] = [one for one in own if one.credential.person_id == person_id]
    assert session.session is not None
    assert session.last_seen_at == session.session.seen_at
    assert session.counts(quick_hub.clock.now)
    assert not session.counts(quick_hub.clock.now + SESSION_IDLES)
    tokens = [one for one in own if one.credential.credential_id == administrator.credential.credential_id]
    assert [(one.session, one.last_seen_at) for one in tokens] == [(None, None)], "nothing was read with it"
    assert end_credentials_of(quick_hub.exchange, administrator, person_id) == 1
    assert end_credentials_of(quick_hub.exchange, administrator, person_id) == 0
    [session] = [one for one in own_credentials(quick_hub.exchange, administrator) if one.credential.person_id == person_id]
    assert not session.counts(quick_hub.clock.now + timedelta(0))


def test_another_organisations_credentials_are_not_there(quick_hub: Hub) -> None:
    first, second = (quick_hub.enrol(name).administrator() for name in ("Platform A", "Platform B"))
    ids = {one.credential.credential_id for one in own_credentials(quick_hub.exchange, second)}
    assert first.credential.credential_id not in ids
    assert end_credentials_of(quick_hub.exchange, second, str(first.credential.person_id)) == 0
    with pytest.raises(ForbiddenError):
        own_credentials(quick_hub.exchange, set_up(quick_hub, first).signed_in().principal)
    with pytest.raises(ForbiddenError):
        own_credentials(quick_hub.exchange, quick_hub.operator)
