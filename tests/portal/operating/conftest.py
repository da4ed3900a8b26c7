"""Staff of an exchange with two partners, at its portal."""

from __future__ import annotations

import pytest

from app.domain.vocabulary import StaffRole
from tests.factories.exchanges import RunningExchange
from tests.factories.furnished import empty, furnished, hotline, platform, running
from tests.factories.portal_visitors import Visitor, entered

__all__ = ["empty", "furnished", "hotline", "platform", "running"]


@pytest.fixture
def operator(running: RunningExchange) -> Visitor:
    """An operator who has just shown who they are."""
    return entered(running, None, StaffRole.OPERATOR, name="Operator A")


@pytest.fixture
def second(running: RunningExchange) -> Visitor:
    """Another one."""
    return entered(running, None, StaffRole.OPERATOR, name="Operator B")


@pytest.fixture
def auditor(running: RunningExchange) -> Visitor:
    """An auditor of the exchange."""
    return entered(running, None, StaffRole.AUDITOR)


@pytest.fixture
def protection(running: RunningExchange) -> Visitor:
    """A data-protection person of the exchange."""
    return entered(running, None, StaffRole.DATA_PROTECTION)
