"""An integration's steps through the one object that a partner's service has, on an exchange that answers over HTTP."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.loopback_server import loopback_server
from breakwater_client import errors
from breakwater_client import exchange as facade
from breakwater_client.errors import ExchangeAwayError, ExchangeRefusedError, UnfitKeyError, UnusableAddressError
from breakwater_client.exchange import Exchange, KeyUsage, new_key, verify
from breakwater_client.object_vocabulary import RecallOutcome
from breakwater_client.submission import ResultStatus
from breakwater_client.talking.composing import Author
from breakwater_client.talking.notices import Done
from breakwater_client.verifying import steps
from breakwater_client.verifying.verdicts import FailedSignature, Level, VerifiedSignature
from tests.cli.desk import Desk
from tests.factories.exchanges import PLAIN_TOOLS, FakePartner, running_exchange
from tests.factories.observation_forms import form
from tests.factories.scripted_exchange import JSON, Scripted
from tests.factories.stix_objects import indicator


@pytest.fixture(scope="module")
def desk(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    database = shutil.copy(sqlite_template, tmp_path_factory.mktemp("desk") / "breakwater.db")
    with running_exchange(f"sqlite:///{database}") as running, loopback_server(running.app) as url:
        yield Desk(url, running)


@pytest.fixture(scope="module")
def platform(desk: Desk) -> FakePartner:
    return desk.running.enrol("Platform A")


@pytest.fixture
def reader(desk: Desk, request: pytest.FixtureRequest) -> FakePartner:
    return desk.running.enrol(f"Reader of {request.node.name}")


def exchange(desk: Desk, who: FakePartner) -> Exchange:
    return Exchange(desk.url, token=who.token)


def author(who: FakePartner) -> Author:
    return Author(who.key, who.identity_id)


def test_what_one_publishes_another_pulls_verifies_answers_for_and_says_what_came_of_it(
    desk: Desk, platform: FakePartner, reader: FakePartner, tmp_path: Path
) -> None:
    ours, theirs = exchange(desk, platform), exchange(desk, reader)
    value = platform.sign(indicator())
    [stored] = ours.submit([value])
    assert stored.status is ResultStatus.STORED
    keys = theirs.directory(tmp_path / "directory.json", desk.running.exchange.keys.directory.public.keyid)

    def new() -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        with theirs.feed(tmp_path / "feed.json", "detection", owner=[platform.partner_id]) as feed:
            for page in feed:
                verdicts = verify(page.objects, page.attestations, keys)
                assert [type(one) for one in verdicts] == [VerifiedSignature] * len(page.objects)
                found += page.objects
                page.acknowledge()
        return found

    assert [one["id"] for one in new()] == [value["id"]]
    told = theirs.feedback(value["id"], {"kind": "outcome", "word": "no-match"}, author(reader), "detection")
    assert told.status is ResultStatus.STORED
    ours.withdraw(value["id"], {"reason": "withdrawn", "act": "delete"})
    desk.running.do_all_work()
    [notice] = theirs.notices()
    answered = theirs.answer(notice, Done(RecallOutcome.DELETED), author(reader))
    assert [one["outcome"] for one in answered["versions"]] == ["deleted"]
    assert list(theirs.notices()) == []


def test_a_changed_object_and_one_of_nobody_are_told_apart(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    keys = exchange(desk, platform).directory(tmp_path / "d.json", desk.running.exchange.keys.directory.public.keyid)
    good = platform.sign(indicator())
    verdicts = verify([good, good | {"name": "changed"}, indicator()], [], keys)
    assert [type(one) for one in verdicts] == [VerifiedSignature, FailedSignature, FailedSignature]
    first = verdicts[0]
    assert isinstance(first, VerifiedSignature)
    assert (first.level, first.signer) == (Level.SIGNED, platform.identity_id)


def test_what_nobody_signed_counts_for_whoever_has_no_key_and_for_whom_the_reader_names(
    desk: Desk, reader: FakePartner, tmp_path: Path
) -> None:
    theirs, pinned = exchange(desk, reader), desk.running.exchange.keys.directory.public.keyid
    without_its_key = theirs.directory(tmp_path / "before.json", pinned)
    mixed = desk.running.enrol("Mixed", agreement=PLAIN_TOOLS)
    assert mixed.submit_signed([indicator()]).status == 201
    keys = theirs.directory(tmp_path / "directory.json", pinned)
    with theirs.feed(tmp_path / "feed.json", "detection", owner=[mixed.partner_id]) as feed:
        page = next(iter(feed))
    [refused] = verify(page.objects, page.attestations, keys)
    assert isinstance(refused, FailedSignature)
    for known, unsigned_from in ((without_its_key, ()), (keys, {mixed.identity_id})):
        [verdict] = verify(page.objects, page.attestations, known, unsigned_from=unsigned_from)
        assert isinstance(verdict, VerifiedSignature)
        assert (verdict.level, verdict.signer) == (Level.CHANNEL_ATTESTED, mixed.identity_id)


def test_feedback_on_what_one_does_not_see_is_refused_like_that_on_what_does_not_exist(
    desk: Desk, platform: FakePartner, reader: FakePartner
) -> None:
    hidden = platform.sign(indicator())
    assert exchange(desk, platform).submit([hidden])[0].status is ResultStatus.STORED
    exchange(desk, platform).withdraw(hidden["id"], {"reason": "withdrawn", "act": "delete"})
    for stix_id in (hidden["id"], "indicator--00000000-0000-4000-8000-000000000002"):
        with pytest.raises(ExchangeRefusedError) as caught:
            exchange(desk, reader).feedback(stix_id, {"kind": "outcome", "word": "actioned"}, author(reader), "detection")
        assert (caught.value.status, caught.value.told) == (404, "not-found")


def test_what_was_submitted_is_sent_whether_or_not_anybody_looks_at_the_outcomes(desk: Desk, platform: FakePartner) -> None:
    value = platform.sign(indicator())
    exchange(desk, platform).submit([value])
    assert value["id"] in {one["id"] for one in platform.pull_all()}


def test_a_token_and_a_key_together_are_refused(desk: Desk) -> None:
    with pytest.raises(UnusableAddressError, match="not both"):
        Exchange(desk.url, token="bw_token", request_key=new_key().private_pem)


def test_whatever_the_library_raises_is_named_where_it_is_imported_from() -> None:
    raised = {name for module in (errors, steps) for name, one in vars(module).items() if isinstance(one, type)}
    raised = {name for name in raised if name.endswith("Error")}
    of_the_exchange = {"UnauthenticatedError", "UnavailableError"}  # the server raises these, and answers with them
    assert raised - of_the_exchange <= set(facade.__all__)
    assert all(hasattr(facade, name) for name in facade.__all__)


def test_a_form_becomes_objects_that_are_signed_and_taken(desk: Desk, platform: FakePartner) -> None:
    ours = exchange(desk, platform)
    made = ours.compose(form({"kind": "domain", "value": "rooms.example.org"}), author(platform))
    assert made.refusals == () or list(made.refusals) == []
    assert {one.status for one in ours.submit(made.objects)} == {ResultStatus.STORED}


def test_proofs_and_checkpoints_are_given_as_they_are_signed(desk: Desk, platform: FakePartner) -> None:
    ours = exchange(desk, platform)
    value = platform.sign(indicator())
    ours.submit([value])
    desk.running.operator.post("log/checkpoints", {})
    assert ours.checkpoint().count(b"\n\n") == 1
    [proof] = ours.proof(value["id"], value["modified"], "detection", first=True)
    assert proof["type"] == "log-proof"


def test_whoever_is_nobody_is_told_so(desk: Desk) -> None:
    with pytest.raises(ExchangeRefusedError) as caught:
        list(Exchange(desk.url, token="bw_nobody").notices())
    assert caught.value.status == 401
    with pytest.raises(UnfitKeyError):
        Exchange(desk.url, request_key=b"no key")


@pytest.mark.parametrize("answer", [b"[]", b"{}", b'{"proofs": [1]}', b""])
def test_answers_of_no_exchange_are_told_as_that(answer: bytes) -> None:
    with loopback_server(Scripted([("200 OK", JSON, answer)])) as url:
        theirs = Exchange(url, token="bw_token")
        for ask in (lambda: theirs.proof("a", "b"), lambda: theirs.register_key(new_key().private_pem)):
            with pytest.raises(ExchangeAwayError):
                ask()


def test_a_key_is_registered_with_proof_and_waits_for_an_operator(desk: Desk, reader: FakePartner) -> None:
    made = new_key()
    record = exchange(desk, reader).register_key(made.private_pem, KeyUsage.REQUEST_SIGNING)
    assert (record["keyid"], record["state"], record["usage"]) == (made.keyid, "pending", "request-signing")
    with pytest.raises(ExchangeRefusedError):
        exchange(desk, reader).register_key(made.private_pem, KeyUsage.REQUEST_SIGNING)


def test_the_client_alone_is_enough_to_import_it() -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('stix2', 'pyarrow', 'app', 'click')));  import breakwater_client.exchange"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
