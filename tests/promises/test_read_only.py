"""An exchange that found its log to be wrong takes nothing in over any route, and goes on giving out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.permissions import Permission
from app.domain.read_only import ReadOnlyReason
from app.domain.vocabulary import StaffRole
from app.storage.counter import set_read_only
from tests.factories.exchanges import Caller, FakePartner, RunningExchange
from tests.factories.furnished import furnished, hotline, platform, running
from tests.factories.stix_objects import indicator
from tests.factories.taxii import TAXII

__all__ = ["furnished", "hotline", "platform", "running"]

APP = Path(__file__).parents[2] / "app"
WRITING = {"POST", "PUT", "PATCH", "DELETE"}
# Somebody waits for help, and is called until this is said; or must be told what leaked; or must be shut out.
GOES_ON = {
    "/api/v1/credentials/<credential_id>/revocation",
    "/api/v1/disclosures/breach-report",
    "/api/v1/disclosures/search",
    "/api/v1/pages/<page_id>/acknowledgement",
}
# What reading keeps, calling people, finding out and mending. Whatever else writes is refused by the database's handle.
MAY_WRITE = {
    "services/accept_loss.py",
    "services/authenticate_signed.py",
    "services/composing/compose.py",  # alarms of what must never be here
    "services/exporting/give_file.py",  # a file that may not be given any more is barred
    "services/explaining/simulate.py",  # alarms of what must never be here
    "services/hold_order.py",  # for those of this list that ask who asks once more under the lock
    "services/limiting/ask.py",
    "services/limiting/count_usage.py",
    "services/membership/export_own_data.py",
    "services/membership/issue_credentials.py",  # a token that leaked reads no more
    "services/membership/fetch_group_keys.py",  # that a member fetched what there is; no epoch begins
    "services/signing_in/own_credentials.py",  # a device that was lost reads no more
    "services/signing_in/by_openid.py",  # who signs in or fails to, and who leaves to do so elsewhere
    "services/signing_in/openid_attempts.py",
    "services/signing_in/by_passkey.py",  # who signs in, fails to, or shows again that it is they
    "services/signing_in/by_password.py",
    "services/signing_in/own_sign_in.py",  # ending sessions
    "services/signing_in/sessions.py",
    "services/paging/answer_pages.py",
    "services/paging/page_contacts.py",
    "services/paging/send_mail.py",
    "services/proving/kept_checkpoint.py",
    "services/ledger/breach_report.py",
    "services/ledger/flows_between_roles.py",  # that staff asked
    "services/ledger/look_up_disclosures.py",
    "services/ledger/look_up_given.py",  # up to where the ledger is settled
    "services/requesting/look_up.py",  # that a request was given to whoever it asks
    "services/retention/bring_back.py",
    "services/reading/record_disclosure.py",
    "services/reading/visible_set.py",
    "services/searching/keep_words.py",  # words of what is stored already: nothing comes in
    "services/subjects/show_request.py",
    "storage/counter.py",
    "storage/session.py",
}


@pytest.fixture
def auditor(running: RunningExchange) -> Caller:
    return running.staff(StaffRole.AUDITOR, Permission)


@pytest.fixture
def protection(running: RunningExchange) -> Caller:
    return running.staff(StaffRole.DATA_PROTECTION, Permission)


@pytest.fixture
def closed(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> Iterator[RunningExchange]:
    """An exchange that holds an object, and then found that its log is behind, and told the other servers on its database."""
    assert platform.submit(indicator()).status == 201
    assert len(hotline.pull_all()) == 1
    running.exchange.database.read_only = ReadOnlyReason.LOG_BEHIND
    with running.exchange.database.write(while_read_only=True) as connection:
        set_read_only(connection, ReadOnlyReason.LOG_BEHIND)
    yield running
    running.exchange.database.read_only = None


def writing_routes(running: RunningExchange) -> list[tuple[str, str]]:
    return sorted(
        {(method, rule.rule) for rule in running.app.url_map.iter_rules() for method in WRITING & (rule.methods or set())}
    )


def test_every_route_that_writes_is_refused_to_whoever_may_use_it(
    auditor: Caller, protection: Caller, closed: RunningExchange, platform: FakePartner
) -> None:
    taxii_headers = {"Accept": "application/taxii+json;version=2.1"}
    for method, rule in writing_routes(closed):
        path = re.sub(r"<[^>]+>", "7d9c2f0e-8a3b-4b57-9d1a-2f3c4b5a6d7e", rule)
        headers = taxii_headers if rule.startswith(TAXII) else {}
        callers: list[Caller] = [platform, closed.operator, auditor, protection]
        answers = [one.send(method, path, document={}, headers=headers) for one in callers]
        refused = [one for one in answers if one.status == 503]
        if rule in GOES_ON:
            assert not refused, rule
            continue
        assert refused, (method, rule, [one.status for one in answers])
        assert all(one.status in {403, 503} for one in answers), (method, rule)
        for one in refused:
            assert one.json.get("code", one.json.get("error_code")) == "exchange-read-only", rule
            assert one.headers["Retry-After"] == "300", rule


def test_a_token_that_leaked_is_shut_out_although_nothing_is_taken_in(closed: RunningExchange, hotline: FakePartner) -> None:
    [own] = [one for one in hotline.get("credentials").json["credentials"] if one["revoked_at"] is None]
    assert closed.operator.post(f"credentials/{own['id']}/revocation", {}).status == 200
    assert hotline.pull().status == 401


def test_reading_goes_on_over_both_interfaces(closed: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    assert len(hotline.pull_all()) == 1
    assert len(platform.get("disclosures").json["disclosures"]) == 2
    ready = closed.anybody.get("/readyz")
    assert (ready.status, ready.json["log"]) == (200, "log-behind")


def test_an_exchange_in_order_says_so(running: RunningExchange) -> None:
    assert running.anybody.get("/readyz").json["log"] == "agrees"


def test_nothing_else_asks_to_write_while_nothing_is_taken_in() -> None:
    """Whoever adds a module here says that what it writes takes nothing in."""
    asking = {
        str(path.relative_to(APP)) for path in APP.rglob("*.py") if re.search(r"while_read_only|\.stroke\(", path.read_text())
    }
    assert asking <= MAY_WRITE
