from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError, UnavailableError
from app.domain.measure import Measure
from app.domain.paging import MailKind
from app.domain.read_only import ReadOnlyReason
from app.services.exchange import Exchange
from app.services.watching.measures import read_measures
from app.storage import mails
from app.storage.mails import NewMail
from tests.factories.members import Hub
from tests.factories.stix_objects import indicator


def measures(hub: Hub, exchange: Exchange | None = None) -> dict[str, Measure]:
    found = read_measures(exchange or hub.exchange, hub.operator)
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


def value(hub: Hub, name: str) -> float:
    return measures(hub)[f"breakwater_{name}"].values[()]


def test_what_is_stored_given_and_logged_is_told(hub: Hub) -> None:
    publisher, reader = hub.enrol("Platform A"), hub.enrol("Platform B")
    before = value(hub, "object_versions"), value(hub, "log_leaves"), value(hub, "ledger_rows")
    publisher.store(indicator(object_marking_refs=[publisher.mark(publisher.everybody)]))
    reader.pull()
    after = value(hub, "object_versions"), value(hub, "log_leaves"), value(hub, "ledger_rows")
    assert all(new > old for new, old in zip(after, before, strict=True))


def test_mails_that_are_due_age(hub: Hub) -> None:
    now = hub.exchange.clock()
    with hub.exchange.database.write() as connection:
        mails.add_mail(connection, NewMail(MailKind.PAGE, "page", None, now - timedelta(seconds=40)), now)
    assert value(hub, "mails_due") == 1
    assert value(hub, "mails_oldest_seconds") >= 40


def test_every_measure_has_a_name_of_ours_and_a_sentence(hub: Hub) -> None:
    for one in measures(hub).values():
        assert one.name.startswith("breakwater_")
        assert not one.name.endswith("_total")
        assert one.sentence.endswith(".")
        assert all(len(key) == len(one.labels) for key in one.values)


def test_only_staff_with_the_permission_read_them(hub: Hub) -> None:
    with pytest.raises(ForbiddenError):
        read_measures(hub.exchange, hub.enrol("Platform A").principal)


def test_an_exchange_that_takes_nothing_in_says_so(hub: Hub) -> None:
    assert value(hub, "read_only") == 0
    hub.exchange.database.read_only = ReadOnlyReason.LOG_BEHIND
    assert value(hub, "read_only") == 1
    hub.exchange.database.read_only = None


def test_a_signer_that_is_away_is_down_and_the_rest_is_told(hub: Hub) -> None:
    def away() -> None:
        raise UnavailableError("The signer is away.")

    exchange = replace(hub.exchange, keys=replace(hub.exchange.keys, check=away))
    assert value(hub, "signer_up") == 1
    assert measures(hub, exchange)["breakwater_signer_up"].values == {(): 0}
