"""Keeps who was given something: by name for whom the ledger is open, and for nobody else."""

from __future__ import annotations

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_readers import let_read
from tests.factories.portal_visitors import entered
from tests.factories.stix_objects import indicator


def test_names_are_told_to_whom_the_ledger_is_open(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    let_read(running, platform, hotline)
    value = indicator()
    platform.submit(value)
    administrator, analyst = (entered(running, platform, role) for role in (MemberRole.ADMINISTRATOR, MemberRole.ANALYST))
    path = f"/objects/{value['id']}/recall"
    assert "Nobody else was given it so far" in administrator.get(path).words
    hotline.pull()
    assert "Hotline" in administrator.get(path).words
    assert "Hotline" not in analyst.get(path).words
