from __future__ import annotations

import pytest

from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole
from app.policy.administration import PARTNERS_KINDS
from app.policy.scopes import SCOPES, PrincipalKind
from app.portal.organisation import in_words
from app.portal.plain_words import WORDS


@pytest.mark.parametrize("kind", sorted(PARTNERS_KINDS))
def test_every_permission_of_a_partners_is_said(kind: PrincipalKind) -> None:
    assert set(WORDS[Permission]) >= SCOPES[kind]


def test_what_is_no_partners_is_not_said() -> None:
    assert in_words.said_of({Permission.KEYS_READ, Permission.WORK_READ}) == ["see keys"]


def test_words_are_listed_as_in_a_sentence() -> None:
    assert [in_words.listed(one) for one in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert in_words.in_order({MemberRole.REVIEWER, MemberRole.ADMINISTRATOR}) == [MemberRole.ADMINISTRATOR, MemberRole.REVIEWER]
