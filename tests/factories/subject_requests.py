"""Two data-protection persons of a hub, and what they do about somebody who asks about data on themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.domain.approval import Approval
from app.domain.partner import Principal
from app.domain.subject_request import Selector, SelectorKind, SubjectAct, SubjectRequest, SubjectRight
from app.domain.vocabulary import StaffRole
from app.services.approval.decide import Decision
from app.services.carry_out import approve
from app.services.subjects.open_request import NewSubjectRequest, open_request
from app.services.subjects.propose_act import ActWanted, propose_act
from app.services.subjects.show_request import SeenRequest, get_request
from tests.factories.members import Hub

ADDRESS = "listed.by.mistake@mail.example.org"
"""Whom the requests are about; ``canaries`` look for it in every log."""


@dataclass
class Office:
    """The two persons of a hub."""

    hub: Hub
    first: Principal = field(init=False)
    second: Principal = field(init=False)

    def __post_init__(self) -> None:
        """Add both."""
        self.first, self.second = (self.hub.another_operator(StaffRole.DATA_PROTECTION) for _ in range(2))

    def open(self, *selectors: Selector, right: SubjectRight = SubjectRight.ACCESS) -> SubjectRequest:
        """Open a request that was received a day ago, about ``ADDRESS`` unless selectors are given."""
        received_at = self.hub.clock.now - timedelta(days=1)
        about = selectors or (Selector(SelectorKind.EMAIL, ADDRESS),)
        return open_request(self.hub.exchange, self.first, NewSubjectRequest("DP-2026-7", right, received_at, about))

    def propose(self, request: SubjectRequest, act: SubjectAct, **more: Any) -> Approval:
        """Let the first propose something."""
        return propose_act(self.hub.exchange, self.first, request.request_id, ActWanted(act, "They asked.", **more))

    def agree(self, proposed: Approval, by: Principal | None = None) -> Approval:
        """Let the second, or somebody else, approve it."""
        decision = Decision(proposed.approval_id, "Agreed.", proposed.digest)
        return approve(self.hub.exchange, by or self.second, decision)

    def do(self, request: SubjectRequest, act: SubjectAct, **more: Any) -> None:
        """Let both do something, and what follows from it be done."""
        self.agree(self.propose(request, act, **more))
        self.hub.work()

    def look_up(self, *selectors: Selector) -> SubjectRequest:
        """Open a request and look up what is held."""
        request = self.open(*selectors)
        self.do(request, SubjectAct.LOOKUP)
        return request

    def see(self, request: SubjectRequest, by: Principal | None = None) -> SeenRequest:
        """Look at a request as the first, or somebody else."""
        return get_request(self.hub.exchange, by or self.first, request.request_id)
