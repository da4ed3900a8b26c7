from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError, NotFoundError
from app.services.membership.agreement_versions import NewAgreement
from app.services.membership.look_up_agreements import compare_agreement, diff_versions, get_agreement
from tests.factories import policy_values
from tests.factories.members import Hub, Member


def new(partner_id: str) -> NewAgreement:
    return NewAgreement(
        partner_id, None, None, policy_values.read_terms(), policy_values.write_terms(), policy_values.default_handling()
    )


def test_a_version_is_shown_with_its_leaf(quick_hub: Hub, publisher: Member) -> None:
    before = quick_hub.next_log_index
    made = publisher.agree()
    shown = get_agreement(quick_hub.exchange, publisher.principal, publisher.id, 2)
    assert (shown.kept.agreement, shown.log_index) == (made, before)
    assert get_agreement(quick_hub.exchange, quick_hub.operator, publisher.id, 2) == shown


def test_versions_that_are_not_there_or_anothers_do_not_exist(quick_hub: Hub, publisher: Member, other: Member) -> None:
    for partner_id, version in ((publisher.id, 2), (publisher.id, 0), (other.id, 1), ("nobody", 1)):
        with pytest.raises(NotFoundError):
            get_agreement(quick_hub.exchange, publisher.principal, partner_id, version)
        with pytest.raises(NotFoundError):
            diff_versions(quick_hub.exchange, publisher.principal, partner_id, (1, version))


def test_equal_versions_have_no_changes(quick_hub: Hub, publisher: Member) -> None:
    publisher.agree()
    found = diff_versions(quick_hub.exchange, publisher.principal, publisher.id, (1, 2))
    assert (found["widens"], found["compared_with"][0]["changes"]) == (False, [])


def test_only_operators_compare_what_is_to_be_and_nothing_is_kept(quick_hub: Hub, publisher: Member) -> None:
    before = quick_hub.next_log_index
    found = compare_agreement(quick_hub.exchange, quick_hub.operator, new(publisher.id))
    assert (found["version"], found["compared_with"][0]["version"]) == (2, 1)
    assert quick_hub.next_log_index == before
    with pytest.raises(ForbiddenError):
        compare_agreement(quick_hub.exchange, publisher.principal, new(publisher.id))
    with pytest.raises(NotFoundError):
        compare_agreement(quick_hub.exchange, quick_hub.operator, new("nobody"))
