from __future__ import annotations

from dataclasses import replace

from app.domain.events import Event
from app.domain.partner import Credential, Principal
from app.domain.recovery import RECOVERY_LIVES, Recovery, RecoveryState
from app.domain.vocabulary import MemberRole
from app.services.signing_in.end_recovered import end_recovered
from app.storage import credentials, events, recoveries
from tests.factories.members import Hub


def held(hub: Hub, principal: Principal) -> Credential:
    with hub.exchange.database.read() as connection:
        found = credentials.credential_by_id(connection, principal.credential.credential_id)
    assert found is not None
    return found


def test_every_token_of_the_person_ends_nobody_elses_and_the_recovery_was_used(quick_hub: Hub) -> None:
    member = quick_hub.enrol("Platform A")
    administrator = member.administrator()
    lost = member.person(administrator, MemberRole.ANALYST)
    now, person = quick_hub.clock.now, lost.person
    assert person is not None
    agreed = Recovery("r", person.person_id, member.id, "Lost.", "Seen.", RecoveryState.AGREED, "a", now, now + RECOVERY_LIVES)
    with quick_hub.exchange.database.write() as connection:
        recoveries.save_recovery(connection, replace(agreed, decided_by="b", decided_at=now))
        end_recovered(connection, person, now)
        kept = recoveries.recovery_by_id(connection, "r")
        ended = [one.subject for _, one in events.events(connection, 0, 1000) if one.event is Event.CREDENTIAL_REVOKE]
    assert kept is not None
    assert (kept.state, kept.used_at) == (RecoveryState.USED, now)
    assert ended == [lost.credential.credential_id]
    assert held(quick_hub, lost).revoked_at == now
    assert held(quick_hub, administrator).revoked_at is None
