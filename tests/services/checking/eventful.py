"""An exchange in which about everything happened that is logged or recomputed, done through the services alone."""

from __future__ import annotations

from datetime import timedelta

from app.domain.object_vocabulary import ContestOutcome, ContestReason
from app.domain.vocabulary import Assurance, PartnerState, Profile
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.membership.enrol_partner import change_state
from app.services.membership.report_compromise import report_compromise
from app.services.recalling.contest import enter_contest
from breakwater_client.trust.keys import PrivateKey
from tests.factories.checkpoints import make_checkpoint
from tests.factories.groups import let_in, make_group
from tests.factories.members import Hub, Member
from tests.factories.recalled import answer_all, hold_round
from tests.factories.stix_objects import TLP_AMBER, TLP_RED, context, indicator, newer, report, user_account

HOUR = timedelta(hours=1)
UNSIGNED = {"profiles": frozenset(Profile), "assurances": frozenset(Assurance)}


def live(hub: Hub, reader: Member) -> None:
    """Let partners publish, narrow, embargo, group, pass, withdraw and lose keys; ``reader`` reads now and then."""
    owner, author = hub.enrol("Owner"), hub.enrol("Author", jurisdiction="SE")
    _publish(hub, owner, author, reader)
    assert reader.pull()[0]
    _withdraw(owner, reader)
    _correct_and_contest(hub, owner, reader)
    hold_round(hub)
    answer_all(hub, reader)
    answer_all(hub, owner, ContestOutcome.KEPT)
    make_checkpoint(hub.exchange)
    hub.clock.pass_time(HOUR)
    _lose_keys(hub, owner, reader)
    change_state(hub.exchange, hub.operator, author.id, PartnerState.SUSPENDED)
    hub.reactivate(author.id)
    author.agree(tlp_ceiling="amber")
    hub.clock.pass_time(900 * HOUR)  # the embargo ends
    hub.work()
    assert reader.pull()[0]
    make_checkpoint(hub.exchange)


def _publish(hub: Hub, owner: Member, author: Member, reader: Member) -> None:
    author.agree(write=UNSIGNED)
    target = indicator()
    owner.store(target, indicator(), user_account("of-a-person"))
    author.store(report([target["id"]]))
    owner.store(newer(target, object_marking_refs=[owner.mark_for(reader, author)]))
    hub.work()  # the narrowing reaches what refers to it
    author.submit(indicator(), user_account("unsigned", extensions=context()), sign=False)
    author.submit(indicator(), {"type": "nonsense"}, sign=False)
    labelled = indicator(object_marking_refs=[TLP_RED])
    owner.store(labelled, newer(labelled, object_marking_refs=[TLP_AMBER]))
    author.agree(write=UNSIGNED | {"passes_on": frozenset({owner.id})})
    passed = author.submit(owner.sign(indicator()), sign=False).results
    assert [one.refusal for one in passed] == [None]
    group = make_group(hub, owner, author, title="Circle")
    shared = indicator()
    owner.submit(shared, group_id=group)
    let_in(hub, group, reader)
    owner.submit(shared)  # and then everybody may have it
    owner.store(indicator(object_marking_refs=[owner.mark_for(reader, release_at="2026-03-05T00:00:00Z")]))
    hub.work()


def _withdraw(owner: Member, reader: Member) -> None:
    for one in (indicator(), indicator()):
        owner.store(one, newer(one))
        assert reader.pull()[0]
        withdraw(owner.hub.exchange, owner.principal, WithdrawalRequest(one["id"]))


def _correct_and_contest(hub: Hub, owner: Member, reader: Member) -> None:
    wrong, contested = indicator(), indicator()
    owner.store(wrong, contested)
    assert reader.pull()[0]
    stated = context(harm_types=["csam"], correction="wrong-person")
    owner.store(newer(wrong, extensions=stated, object_marking_refs=[owner.mark_for()]))
    enter_contest(hub.exchange, hub.operator, contested["id"], ContestReason.OUTDATED)


def _lose_keys(hub: Hub, owner: Member, reader: Member) -> None:
    lost = owner.key
    owner.key = owner.add_key()
    hub.clock.pass_time(HOUR)
    owner.submit(indicator())
    owner.hub.clock.pass_time(HOUR)
    owner.store(indicator())
    assert reader.pull()[0]
    for hours in (1, 2):
        report_compromise(hub.exchange, owner.principal, lost.public.keyid, hub.clock.now - hours * HOUR)
    victim = hub.enrol("Victim")
    victim.store(indicator())
    report_compromise(hub.exchange, hub.operator, victim.key.public.keyid, hub.clock.now)
    victim.add_key(active=False)
    assert isinstance(victim.key, PrivateKey)
    hub.work()
