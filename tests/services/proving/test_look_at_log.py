from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError
from app.domain.vocabulary import MemberRole, StaffRole
from app.services.proving.checkpoints import checkpoint_now
from app.services.proving.look_at_log import look_at_log
from app.services.signing_in.sessions import find_session
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.furnished import furnished, platform, running
from tests.factories.portal_visitors import entered

__all__ = ["furnished", "platform", "running"]


def test_staff_see_how_much_is_in_the_log_and_signed(running: RunningExchange) -> None:
    operator = find_session(running.exchange, entered(running, None, StaffRole.OPERATOR).secret).principal
    before = look_at_log(running.exchange, operator)
    made = checkpoint_now(running.exchange, operator)
    standing = look_at_log(running.exchange, operator)
    assert (standing.leaves, standing.covered) == (before.leaves, made.tree_size)
    assert (standing.note, standing.made_at) == (made.note, made.made_at)
    assert (standing.kept_size, standing.read_only) == (None, None)


def test_partners_are_given_checkpoints_and_not_this(running: RunningExchange, platform: FakePartner) -> None:
    analyst = find_session(running.exchange, entered(running, platform, MemberRole.ANALYST).secret).principal
    with pytest.raises(ForbiddenError):
        look_at_log(running.exchange, analyst)
