from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.agreement import Agreement
from app.domain.errors import Code, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.vocabulary import Harm
from app.services.answer_once import key_use
from app.services.membership.agreement_versions import NewAgreement
from app.services.membership.change_policy import list_agreements, make_agreement, own_terms
from tests.factories import policy_values
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY, NOW

ABSENT = "00000000-0000-4000-8000-000000000000"


def _new(partner_id: str, audience_id: str | None = None) -> NewAgreement:
    default = policy_values.default_handling(audience_id=audience_id)
    return NewAgreement(partner_id, None, None, policy_values.read_terms(), policy_values.write_terms(), default)


def test_an_agreement_is_kept_as_it_was_made(quick_hub: Hub, publisher: Member) -> None:
    made = make_agreement(quick_hub.exchange, quick_hub.operator, _new(publisher.id, publisher.everybody))
    expected = Agreement(
        partner_id=publisher.id,
        version=2,
        starts_at=NOW,
        ends_at=None,
        read=policy_values.read_terms(),
        write=policy_values.write_terms(),
        default_handling=policy_values.default_handling(audience_id=publisher.everybody),
        created_at=NOW,
        created_by=quick_hub.operator.credential.credential_id,
    )
    assert made == expected == list_agreements(quick_hub.exchange, publisher.principal, None)[-1]


def test_versions_count_from_one_for_each_partner(quick_hub: Hub, publisher: Member, other: Member) -> None:
    publisher.agree()
    everyones = [(one.partner_id, one.version) for one in list_agreements(quick_hub.exchange, quick_hub.operator, None)]
    assert sorted(everyones) == sorted([(publisher.id, 1), (publisher.id, 2), (other.id, 1)])


def test_a_partner_reads_its_own_agreements_and_no_others(quick_hub: Hub, publisher: Member, other: Member) -> None:
    for partner_id in (None, publisher.id):
        own = list_agreements(quick_hub.exchange, publisher.principal, partner_id)
        assert {one.partner_id for one in own} == {publisher.id}
    for partner_id in (other.id, ABSENT):
        with pytest.raises(NotFoundError):
            list_agreements(quick_hub.exchange, publisher.principal, partner_id)


def test_only_operators_make_agreements(quick_hub: Hub, publisher: Member) -> None:
    with pytest.raises(ForbiddenError):
        make_agreement(quick_hub.exchange, publisher.principal, _new(publisher.id))
    assert len(list_agreements(quick_hub.exchange, publisher.principal, None)) == 1


def test_there_is_no_agreement_with_a_partner_that_is_not_enrolled(quick_hub: Hub) -> None:
    with pytest.raises(NotFoundError):
        make_agreement(quick_hub.exchange, quick_hub.operator, _new(ABSENT))


@pytest.mark.parametrize("ends_in", [timedelta(0), -DAY])
def test_an_agreement_ends_after_it_starts(publisher: Member, ends_in: timedelta) -> None:
    for starts_at in (None, NOW + DAY):
        with pytest.raises(MalformedInputError) as caught:
            publisher.agree(starts_at=starts_at, ends_at=(starts_at or NOW) + ends_in)
        assert caught.value.pointer == "/ends_at"


def test_a_default_audience_is_one_of_the_partners_own(quick_hub: Hub, publisher: Member, other: Member) -> None:
    for audience_id in ("audience--unknown", other.everybody):
        with pytest.raises(MalformedInputError) as caught:
            make_agreement(quick_hub.exchange, quick_hub.operator, _new(publisher.id, audience_id))
        assert (caught.value.code, caught.value.pointer) == (Code.AUDIENCE_NOT_FOUND, "/default_handling/audience_id")


def test_a_repeated_request_makes_no_second_version(quick_hub: Hub, publisher: Member) -> None:
    use = key_use(quick_hub.operator, "agreements", "key-1", b"body")
    new = _new(publisher.id, publisher.everybody)
    first = make_agreement(quick_hub.exchange, quick_hub.operator, new, use)
    publisher.agree()
    assert make_agreement(quick_hub.exchange, quick_hub.operator, new, use) == first
    assert len(list_agreements(quick_hub.exchange, publisher.principal, None)) == 3


def test_what_is_widened_is_named_up_to_five_terms(quick_hub: Hub, publisher: Member) -> None:
    terms = ("publisher_roles", "publisher_jurisdictions", "purposes", "harm_types", "channels")
    nothing = {one: frozenset[str]() for one in terms}
    publisher.agree(**nothing, sensitivities=frozenset())
    with pytest.raises(ForbiddenError, match=r"purposes, /read/sensitivities, /read/harm_types and more\)") as caught:
        make_agreement(quick_hub.exchange, quick_hub.operator, _new(publisher.id, publisher.everybody))
    assert (caught.value.code, caught.value.pointer) == (Code.APPROVAL_NEEDED, "/read/publisher_roles")


def test_own_terms_are_those_in_force_now(quick_hub: Hub, publisher: Member) -> None:
    publisher.agree(starts_at=NOW + DAY, ends_at=NOW + 2 * DAY, harm_types=frozenset({Harm.CSAM}))
    versions = []
    for _ in range(4):
        terms = own_terms(quick_hub.exchange, publisher.principal)
        assert terms.partner == publisher.partner
        versions.append(terms.agreement.version if terms.agreement else None)
        quick_hub.clock.pass_time(12 * timedelta(hours=1) + timedelta(microseconds=1))
    assert versions == [1, 1, 2, 2]
    quick_hub.clock.now = NOW + 2 * DAY
    assert own_terms(quick_hub.exchange, publisher.principal).agreement is None


def test_staff_has_no_terms_of_its_own(quick_hub: Hub) -> None:
    with pytest.raises(NotFoundError):
        own_terms(quick_hub.exchange, quick_hub.operator)
