"""Who evaluates in tests: the real thing in this process, with a memory in a folder of its own."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from app.crypto.oprf import Evaluation, EvaluationKey
from app.domain.errors import UnavailableError
from app.signer.evaluations import Evaluations
from app.signer.spending_memory import SpendingMemory

MUCH = 1_000_000


class PassingEvaluations(Evaluations):
    """Evaluations whose memory lies in a folder that goes with them."""

    def __init__(
        self,
        key: EvaluationKey | None = None,
        per_day: int = MUCH,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take a key (a new one, if none is given), the budget of the signer, and a clock."""
        self.folder = Path(tempfile.mkdtemp(prefix="breakwater-spent-"))
        super().__init__(key or EvaluationKey.generate(), SpendingMemory(self.folder / "overlap.spent", per_day), clock)
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


class AwayEvaluator:
    """An evaluator whose signer is away."""

    @property
    def public(self) -> bytes:
        """Raise ``UnavailableError``."""
        raise UnavailableError("The signer is away.")

    def evaluate(self, partner_id: str, elements: Sequence[bytes]) -> Evaluation:  # noqa: ARG002  # as an evaluator
        """Raise ``UnavailableError``."""
        raise UnavailableError("The signer is away.")
