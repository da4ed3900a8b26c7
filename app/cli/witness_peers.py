"""Comparing with what other witnesses published, in a round of ``witness run`` and by ``witness compare``.

Owns when: what needs no answer of the exchange first, and again once the newest checkpoint is kept, so that an exchange that says
nothing hides no second log of one size; and all before anything is cosigned. What a comparison comes to is
``witnessing.compare_views``'. Kept by ``tests/cli/test_witness_peers.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.faults import CommandFault, naming
from app.cli.witness_folder import read_published
from breakwater_client.errors import ExchangeAwayError

if TYPE_CHECKING:
    from app.cli.folder_shelf import FolderShelf
    from breakwater_client.verifying.verify_checkpoints import VerifiedCheckpoint
    from breakwater_client.witnessing.alarms import Alarm
    from breakwater_client.witnessing.rounds import Exchange, Round


@dataclass(slots=True)
class Peers:
    """The files of other witnesses in one round (``left``: those still to be compared with): what is wrong with one is noted.

    It is wrong with that one alone. Patience with an exchange counts only rounds in which it answered: one that is away
    altogether is told by its silence.
    """

    shelf: FolderShelf
    left: list[Path]
    done: Round
    wrong: list[Exception] = field(repr=False)

    def compare_unasked(self, now: datetime) -> None:
        """Compare with each as far as nobody has to be asked: at one size.

        Errors are not noted: a peer that went its round first may have what this round brings. ``compare`` finds others again.
        """
        from breakwater_client.witnessing.asking import GivenUp

        def compare(peer: Path, other: bytes) -> VerifiedCheckpoint | Alarm | None:
            with naming(peer), suppress(ExchangeAwayError):
                return compare_with(self.shelf, other, GivenUp())
            return None

        before = list(self.wrong)
        self._each(compare, now)
        self.wrong[:] = before

    def compare(self, exchange: Exchange, now: datetime) -> None:
        """Compare with each that is left, and ask the exchange for proofs."""
        from breakwater_client.witnessing.compare_views import compare_patiently

        def compare(peer: Path, other: bytes) -> VerifiedCheckpoint | Alarm | None:
            with naming(peer):
                if self.done.answered:
                    return compare_patiently(self.shelf, str(peer), other, exchange, now)
                return compare_with(self.shelf, other, exchange)

        self._each(compare, now, is_last=True)

    def give_up(self, now: datetime) -> None:
        """Count those that are left as asked about in vain, for what is asked has no answer."""
        from breakwater_client.witnessing.asking import GivenUp

        if self.done.answered:
            self.compare(GivenUp(), now)

    def _each(
        self, compare: Callable[[Path, bytes], VerifiedCheckpoint | Alarm | None], now: datetime, *, is_last: bool = False
    ) -> None:
        from breakwater_client.witnessing.rounds import CHECKPOINT

        if not self.shelf.has(CHECKPOINT):
            return
        for peer in list(self.left):
            try:
                self._keep(compare(peer, read_published(peer)), now)
            except Exception as exc:  # noqa: BLE001  # as any error of a round: the others are compared with all the same
                self.wrong.append(exc)
            if is_last:
                self.left.remove(peer)

    def _keep(self, compared: VerifiedCheckpoint | Alarm | None, now: datetime) -> None:
        from breakwater_client.witnessing.alarms import Alarm, AlarmKind

        if not isinstance(compared, Alarm):
            return
        if compared.kind is AlarmKind.UNPROVEN:
            raise CommandFault(compared.sentence, code=compared.kind.value)
        self.done.keep(self.shelf, compared, now)


def compare_with(shelf: FolderShelf, other: bytes, exchange: Exchange) -> VerifiedCheckpoint | Alarm:
    """Compare what a witness keeps with what another published (unverified bytes).

    Raises:
        CommandFault: nothing is kept yet, or the exchange cannot be asked.
        FailedStepError: what the other published is no checkpoint of this exchange's log.
    """
    from breakwater_client.verifying.directory_keys import accepted_before
    from breakwater_client.witnessing.compare_views import compare_views
    from breakwater_client.witnessing.rounds import ACCEPTED
    from breakwater_client.witnessing.witness_files import kept_note

    kept, envelope = kept_note(shelf), shelf.read(ACCEPTED)
    if kept is None or envelope is None:
        raise CommandFault("This witness keeps no checkpoint yet: breakwater witness run.", code="no-checkpoint")
    return compare_views(kept, other, exchange, accepted_before(envelope), envelope)
