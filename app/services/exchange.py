"""What every service is given: the exchange's database, its keys, its clock, and whom it can call.

Owns nothing but the bundle; built once by the factory. Kept by ``tests/services/test_exchange.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.crypto.oprf import Evaluator
from app.crypto.seal import CursorSealer
from app.depot.port import Depot
from app.domain.openid import OpenIdProvider
from app.domain.paging import Duty
from app.domain.retention import RetentionRule
from app.domain.usage import Budgets
from app.egress.addresses import Egress
from app.egress.provider_calls import ProviderCalls
from app.mail.relay import Relay
from app.storage.session import Database
from app.tracing.port import OFF, Tracer
from breakwater_client.trust.keys import SigningKey


def utc_now() -> datetime:
    """Give the current time, aware, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ExchangeKeys:
    """The keys of the exchange, one for each use: what it states (receipts, attestations, notices), its directory, checkpoints.

    ``checkpoints`` is of Ed25519, as C2SP's signed notes ask.
    """

    statements: SigningKey
    directory: SigningKey
    checkpoints: SigningKey
    check: Callable[[], object] = lambda: None
    """Raises ``UnavailableError`` while whoever holds the keys is away; keys of this process never are."""

    overlap: Evaluator | None = None
    """Evaluates blinded identifiers; None: this exchange has no key for it."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A running exchange. ``keys`` sign for it; ``sealer`` seals cursors; ``clock`` gives aware UTC.

    ``relay`` None: nobody is sent a mail; pages and alarms are made all the same. ``checkpoint_every`` is how often what the log
    holds is signed, if anything came. ``checkpoint_file`` is where the newest checkpoint is kept outside the database; None:
    nowhere, and nothing is compared. ``budgets`` bound what partners use in a day where their agreements say nothing else.
    ``erasure_journal`` is the file that remembers erasures outside the database; None: none is kept. ``retention`` says how long
    what comes in may be stored. ``depots`` are where exports are laid, by the names that definitions give as their target.
    ``egress`` says what may be called.
    ``providers`` are those with whose accounts people may sign in, ``provider_calls`` what asks them.
    ``release_every`` is how often counts of organisations are released (``services.preventing``).
    ``tracer`` takes down which steps were taken, if that is asked for.
    """

    database: Database
    keys: ExchangeKeys
    sealer: CursorSealer
    clock: Callable[[], datetime] = utc_now
    relay: Relay | None = None
    duty: Duty = field(default_factory=Duty)
    checkpoint_every: timedelta = timedelta(seconds=60)
    checkpoint_file: Path | None = None
    budgets: Budgets = field(default_factory=Budgets)
    erasure_journal: Path | None = None
    retention: RetentionRule = field(default_factory=RetentionRule)
    depots: Mapping[str, Depot] = field(default_factory=dict)
    egress: Egress = field(default_factory=Egress)
    providers: tuple[OpenIdProvider, ...] = field(default=(), repr=False)
    provider_calls: ProviderCalls = field(default_factory=ProviderCalls, repr=False)
    release_every: timedelta = timedelta(days=91)
    tracer: Tracer = OFF
