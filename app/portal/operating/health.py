"""How the exchange is, in words with what to do: readiness, the signer, the log, mails, work, connections.

Numbers come from what monitoring reads. Kept by ``tests/portal/operating/test_health.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response

from app.domain.measure import Measure
from app.domain.permissions import Permission
from app.domain.read_only import ReadOnlyReason
from app.portal.operating.room import StaffBlueprint
from app.portal.pages import page
from app.portal.plain_words import sentence_of
from app.portal.words import gettext
from app.services.proving.kept_checkpoint import why_read_only
from app.services.start_exchange import why_not_ready
from app.services.watching.measures import read_measures
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_health")
_LATE_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of health: what is looked at, whether it is well, and if not what to do."""

    title: str
    is_well: bool
    says: str


@blueprint.page("/exchange/health", Permission.METRICS_READ)
def show() -> Response:
    """Show how the exchange is."""
    measures = read_measures(exchange(), principal())
    return page("operating/health.html", signs=list(_signs(measures)), measures=measures, now=exchange().clock())


def _signs(measures: list[Measure]) -> Iterator[Sign]:
    numbers = {one.name: max(one.values.values(), default=0) for one in measures}
    missing, closed = why_not_ready(exchange()), why_read_only(exchange())
    yield Sign(
        gettext("Ready"), missing is None, gettext("This server may get requests.") if missing is None else _named(missing)
    )
    yield Sign(gettext("Log"), closed is None, _log(closed))
    up = bool(numbers["breakwater_signer_up"])
    yield Sign(
        gettext("Signer"),
        up,
        gettext("It answers with its key.") if up else gettext("Start it, or look why it is away: nothing is signed."),
    )
    pages = bool(numbers["breakwater_paging_up"])
    yield Sign(
        gettext("Mail"),
        pages,
        gettext("Contacts on duty are called.") if pages else gettext("Nobody is called: set a mail server."),
    )
    yield _late(gettext("Mails to hand over"), numbers["breakwater_mails_oldest_seconds"], gettext("Look at the mail server."))
    yield _late(
        gettext("Work that waits"),
        numbers["breakwater_work_oldest_waiting_seconds"],
        gettext("Look at the page of work; start a worker."),
    )
    yield _late(gettext("Newest checkpoint"), _checkpoint_age(numbers), gettext("Look at the page of the log."))


def _log(closed: ReadOnlyReason | None) -> str:
    return gettext("It agrees with what was published.") if closed is None else sentence_of(closed)


def _named(missing: str) -> str:
    return gettext("Not ready: %(what)s. See the operations document.") % {"what": gettext(missing)}


def _checkpoint_age(numbers: dict[str, float]) -> float:
    """Give how long leaves have waited at most to be signed; a checkpoint is made only when something came."""
    waits = numbers["breakwater_log_leaves"] > numbers["breakwater_checkpoint_leaves"]
    return numbers["breakwater_checkpoint_age_seconds"] if waits else 0


def _late(title: str, seconds: float, what_to_do: str) -> Sign:
    minutes = int(seconds // 60)
    if seconds < _LATE_SECONDS:
        return Sign(title, is_well=True, says=gettext("Nothing waits for long."))
    return Sign(title, is_well=False, says=gettext("The oldest waits for %(num)s minutes.") % {"num": minutes} + f" {what_to_do}")
