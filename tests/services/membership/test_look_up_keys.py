from __future__ import annotations

from datetime import timedelta

from app.domain.vocabulary import KeyState, KeyUsage
from app.services.membership.look_up_keys import ThisExchange, get_key, list_keys
from app.services.membership.manage_keys import retire_key
from tests.factories.members import Hub, Member
from tests.factories.policy_values import NOW


def test_the_exchanges_own_keys_are_found_like_any_other(quick_hub: Hub, publisher: Member) -> None:
    keys = quick_hub.exchange.keys
    wanted = {
        keys.statements.public.keyid: KeyUsage.STATEMENT_SIGNING,
        keys.directory.public.keyid: KeyUsage.DIRECTORY_SIGNING,
        keys.checkpoints.public.keyid: KeyUsage.CHECKPOINT_SIGNING,
    }
    found = [get_key(quick_hub.exchange, publisher.principal, keyid) for keyid in wanted]
    assert {one.key.keyid: one.key.usage for one in found} == wanted
    assert {type(one.owner) for one in found} == {ThisExchange}
    assert {one.owner.identity_id for one in found} == {f"identity--{found[0].owner.partner_id}"}


def test_a_key_whose_time_is_over_is_shown_as_retired(quick_hub: Hub, publisher: Member) -> None:
    keyid = publisher.key.public.keyid
    retire_key(quick_hub.exchange, publisher.principal, keyid, NOW + timedelta(hours=1))
    assert get_key(quick_hub.exchange, publisher.principal, keyid).key.state is KeyState.ACTIVE
    quick_hub.clock.pass_time(timedelta(hours=1))
    assert get_key(quick_hub.exchange, publisher.principal, keyid).key.state is KeyState.RETIRED
    assert [one.key.state for one in list_keys(quick_hub.exchange, publisher.principal)] == [KeyState.RETIRED]
