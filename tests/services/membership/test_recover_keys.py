from __future__ import annotations

import pytest

from app.domain.approval import Approval, ApprovalState
from app.domain.errors import Code, ConflictError, ForbiddenError, NotFoundError
from app.domain.events import Event
from app.domain.partner import Principal
from app.domain.vocabulary import KeyState, StaffRole
from app.services.answer_once import key_use
from app.services.approval.decide import Decision
from app.services.authenticate import authenticate
from app.services.carry_out import approve
from app.services.membership.look_up_keys import get_key
from app.services.membership.manage_keys import revoke_key
from app.services.membership.recover_keys import propose_recovery
from app.services.membership.report_compromise import report_compromise
from app.services.start_exchange import add_staff
from app.storage import events, key_directory
from breakwater_client.trust.keys import PrivateKey
from tests.factories.members import Hub, Member
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator


@pytest.fixture
def second(quick_hub: Hub) -> Principal:
    return authenticate(quick_hub.exchange, add_staff(quick_hub.exchange, "Operator B", StaffRole.OPERATOR).token)


def pending(member: Member) -> PrivateKey:
    """A partner that lost its key registers a new one."""
    revoke_key(member.hub.exchange, member.principal, member.key.public.keyid)
    member.key = member.add_key(active=False)
    return member.key


def decided(hub: Hub, who: Principal, proposed: Approval) -> Approval:
    return approve(hub.exchange, who, Decision(proposed.approval_id, "I called them, too.", proposed.digest))


def test_two_operators_let_a_key_count_again(quick_hub: Hub, publisher: Member, second: Principal) -> None:
    key = pending(publisher)
    proposed = propose_recovery(quick_hub.exchange, quick_hub.operator, key.public.keyid, "The safe burned down.")
    assert (proposed.state, proposed.partner_id) == (ApprovalState.PROPOSED, publisher.id)
    assert publisher.submit(indicator()).results[0].refusal is not None
    assert decided(quick_hub, second, proposed).state is ApprovalState.APPROVED
    assert get_key(quick_hub.exchange, publisher.principal, key.public.keyid).key.state is KeyState.ACTIVE
    assert publisher.submit(indicator()).results[0].refusal is None
    with quick_hub.exchange.database.read() as connection:
        recorded = [one.event for _, one in events.events(connection, 0, 1000) if one.subject == key.public.keyid]
        owed = key_directory.newest_version(connection)
    assert recorded == [Event.KEY_REGISTER, Event.KEY_RECOVER]
    assert owed is not None
    assert owed.envelope is None, "a decision signs nothing: the work ledger does"
    quick_hub.work()
    with quick_hub.exchange.database.read() as connection:
        issued = key_directory.newest_version(connection)
    assert issued is not None
    assert issued.envelope is not None


def test_one_operator_is_not_two(quick_hub: Hub, publisher: Member) -> None:
    proposed = propose_recovery(quick_hub.exchange, quick_hub.operator, pending(publisher).public.keyid, "Lost.")
    with pytest.raises(ForbiddenError) as caught:
        decided(quick_hub, quick_hub.operator, proposed)
    assert caught.value.code is Code.SECOND_PERSON_NEEDED


def test_a_partner_does_not_propose_its_own(publisher: Member) -> None:
    with pytest.raises(ForbiddenError):
        propose_recovery(publisher.hub.exchange, publisher.principal, pending(publisher).public.keyid, "Lost.")


def test_only_a_pending_key_is_recovered(quick_hub: Hub, publisher: Member, second: Principal) -> None:
    exchange = quick_hub.exchange
    with pytest.raises(ConflictError):
        propose_recovery(exchange, quick_hub.operator, publisher.key.public.keyid, "Lost.")
    with pytest.raises(NotFoundError):
        propose_recovery(exchange, quick_hub.operator, "0" * 64, "Lost.")
    key = pending(publisher)
    proposed = propose_recovery(exchange, quick_hub.operator, key.public.keyid, "Lost.")
    report_compromise(exchange, publisher.principal, key.public.keyid, NOW)
    with pytest.raises(ConflictError):
        decided(quick_hub, second, proposed)


def test_a_repeated_proposal_is_the_first_one(quick_hub: Hub, publisher: Member) -> None:
    keyid = pending(publisher).public.keyid
    use = key_use(quick_hub.operator, "recovery", "key-1", b"body")
    made = [propose_recovery(quick_hub.exchange, quick_hub.operator, keyid, "Lost.", use) for _ in range(2)]
    assert made[0] == made[1]
