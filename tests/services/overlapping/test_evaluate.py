"""Evaluations: proved, counted, kept as questions, and refused beyond a day's budget, here and in the signer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.crypto import oprf
from app.domain.errors import Code, ConflictError, ExhaustedError, ForbiddenError, MalformedInputError, UnavailableError
from app.domain.usage import Budgets, QuestionKind
from app.domain.vocabulary import Purpose, StaffRole
from app.services.limiting.look_up_questions import Asked, list_questions, questions_about
from app.services.overlapping.evaluate import evaluate, evaluation_terms
from breakwater_client.trust.strict_base64 import encode_base64url
from tests.factories.blinded import element
from tests.factories.evaluators import PassingEvaluations
from tests.factories.members import DAY, Hub, Member

FOR = Purpose.INVESTIGATION


def epoch(member: Member) -> str:
    return evaluation_terms(member.hub.exchange, member.principal).epoch


def test_what_was_blinded_is_evaluated_with_the_key_that_is_told(hub: Hub) -> None:
    platform = hub.enrol("Platform A")
    terms = evaluation_terms(hub.exchange, platform.principal)
    blinding = oprf.blind(b"identifier")
    evaluated = evaluate(hub.exchange, platform.principal, terms.epoch, [encode_base64url(blinding.element)], FOR)
    assert (evaluated.epoch, evaluated.public_key) == (terms.epoch, terms.public_key)
    oprf.verify(terms.public_key, [blinding.element], evaluated.evaluation)
    assert (terms.suite, terms.mode, terms.left_today) == ("ristretto255-SHA512", "VOPRF", 1_000)
    assert evaluation_terms(hub.exchange, platform.principal).left_today == 999


def test_auditors_see_that_it_happened_and_not_of_what(quick_hub: Hub, publisher: Member) -> None:
    sent = element("15550100")
    evaluate(quick_hub.exchange, publisher.principal, epoch(publisher), [sent, element("15550101")], FOR)
    auditor = quick_hub.another_operator(StaffRole.AUDITOR)
    found = list_questions(quick_hub.exchange, auditor, Asked(), 100).questions
    assert [(one.partner_id, one.kind, one.purpose) for one in found] == [(publisher.id, QuestionKind.EVALUATION, FOR)] * 2
    assert questions_about(quick_hub.exchange, auditor, "15550100", Asked(), 100).questions == []
    assert len(questions_about(quick_hub.exchange, auditor, sent, Asked(), 100).questions) == 1


def test_beyond_the_budget_nothing_is_evaluated_until_tomorrow(quick_hub: Hub, publisher: Member, other: Member) -> None:
    quick_hub.exchange = replace(quick_hub.exchange, budgets=Budgets(evaluations_per_day=2))
    own = epoch(publisher)
    evaluate(quick_hub.exchange, publisher.principal, own, [element()], FOR)
    with pytest.raises(ExhaustedError):
        evaluate(quick_hub.exchange, publisher.principal, own, [element(), element()], FOR)
    evaluate(quick_hub.exchange, publisher.principal, own, [element()], FOR)
    assert evaluation_terms(quick_hub.exchange, publisher.principal).left_today == 0
    evaluate(quick_hub.exchange, other.principal, own, [element(), element()], FOR)
    quick_hub.clock.now += DAY
    evaluate(quick_hub.exchange, publisher.principal, own, [element(), element()], FOR)


def test_the_signer_keeps_its_own_budget_whatever_the_exchange_says(quick_hub: Hub, publisher: Member) -> None:
    strict = PassingEvaluations(per_day=1)
    quick_hub.exchange = replace(quick_hub.exchange, keys=replace(quick_hub.exchange.keys, overlap=strict))
    evaluate(quick_hub.exchange, publisher.principal, epoch(publisher), [element()], FOR)
    with pytest.raises(ExhaustedError):
        evaluate(quick_hub.exchange, publisher.principal, epoch(publisher), [element()], FOR)


def test_what_is_refused_costs_nothing(quick_hub: Hub, publisher: Member) -> None:
    own, principal = epoch(publisher), publisher.principal
    for given, error in (
        ((own, ["A" * 43], FOR), MalformedInputError),
        (("0" * 64, [element()], FOR), ConflictError),
        ((own, [element()], None), MalformedInputError),
        ((own, [element()], Purpose.SAFETY_DESIGN), ForbiddenError),
    ):
        with pytest.raises(error):
            evaluate(quick_hub.exchange, principal, *given)
    assert evaluation_terms(quick_hub.exchange, principal).left_today == 1_000


def test_nobody_but_partners_asks_and_an_exchange_without_the_key_says_so(quick_hub: Hub, publisher: Member) -> None:
    for principal in (quick_hub.operator, publisher.principal_with(scopes=frozenset())):
        with pytest.raises(ForbiddenError) as refusal:
            evaluation_terms(quick_hub.exchange, principal)
        assert refusal.value.code is Code.PERMISSION_MISSING
    keyless = replace(quick_hub.exchange, keys=replace(quick_hub.exchange.keys, overlap=None))
    with pytest.raises(UnavailableError):
        evaluation_terms(keyless, publisher.principal)
