"""Following the log: it goes on from the kept checkpoint or is refused with what it signed; receipts and versions are proven."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from breakwater_client.errors import (
    Answer,
    BreakwaterError,
    Code,
    ExchangeAwayError,
    ExchangeRefusedError,
    MalformedInputError,
    StateFileError,
    UnprovenError,
)
from breakwater_client.instant import instant_text
from breakwater_client.talking.connection import Connection, Target
from breakwater_client.talking.directory import update_directory
from breakwater_client.talking.following import (
    LOGGED_WITHIN,
    MOST_NAMED,
    FollowedLog,
    Witnesses,
    cosigned_path,
    follow_log,
)
from breakwater_client.talking.refused_logs import PATIENCE, TIMES, is_denied_for_long
from breakwater_client.talking.submitting import Sending, submit
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.checkpoint import cosign_checkpoint, read_checkpoint
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.verifying.directory_keys import Directory, signers_of
from breakwater_client.verifying.steps import FailedStepError
from breakwater_client.verifying.verify_objects import verify_document
from tests.cli.desk import Desk, lock_held_elsewhere
from tests.factories.exchanges import FakePartner
from tests.factories.lying_exchanges import LyingExchange, View
from tests.factories.stix_objects import indicator
from tests.factories.witnesses import HttpWitness


def deny_for_half_an_hour(file: Path) -> None:
    """Let it be long ago that the exchange said three times that it has no proof."""
    kept, since = read_checkpoint(file.read_text()), datetime.now(UTC) - PATIENCE
    for _ in range(TIMES):
        is_denied_for_long(file, kept, since)


class Scene:
    """An exchange that shows what a test tells it, and one who follows its log."""

    def __init__(self, url: str, lying: LyingExchange, folder: Path) -> None:
        self.lying, self.folder, self.file = lying, folder, folder / "checkpoint"
        self.connection = Connection(Target(url, "a"))
        self.honest = lying.log(40)
        self.show(20)
        self.answer, lying.answer = lying.answer, self.answered  # type: ignore[method-assign]  # it lies as a test tells it

    def answered(self, token: str, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        """Answer with what is shown, whoever is said to have cosigned it."""
        return self.answer(token, path, {name: value for name, value in query.items() if name != "cosigned_by"})

    def show(self, size: int, **how: object) -> None:
        self.lying.views["a"] = replace(View(self.honest, size), **how)  # type: ignore[arg-type]  # fields of the view

    def follow(self, witnesses: Witnesses | None = None, directory: Directory | None = None) -> int:
        followed = follow_log(self.connection, self.file, directory or self.lying.directory(), witnesses)
        return followed.checkpoint.head.size

    @property
    def denied(self) -> Path:
        """Where it is noted that there was no proof."""
        return self.folder / ".checkpoint.denied"

    def wait_out(self) -> None:
        """Let what was denied have been so for long."""
        deny_for_half_an_hour(self.file)

    def beside(self) -> list[Path]:
        """Give the files of what was refused."""
        return sorted(self.folder.glob("checkpoint.shown-*"))

    def refused(self) -> tuple[Code, int]:
        """Give with which code the log is refused, and the size that is kept still."""
        with pytest.raises(BreakwaterError) as caught:
            self.follow()
        return caught.value.code, read_checkpoint(self.file.read_text()).size


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    lying = LyingExchange()
    with lying.served() as url:
        yield Scene(url, lying, tmp_path)


def test_what_goes_on_is_kept(scene: Scene) -> None:
    assert [scene.follow(), scene.follow()] == [20, 20]
    scene.show(40)
    assert scene.follow() == 40
    assert read_checkpoint(scene.file.read_text()).size == 40
    assert not list(scene.folder.glob("*.shown-*"))


def test_a_log_that_was_rolled_back_is_refused_each_time_and_what_it_signed_is_kept(scene: Scene) -> None:
    scene.follow()
    scene.show(19)
    assert [scene.refused(), scene.refused()] == [(Code.LOG_ROLLED_BACK, 20)] * 2
    [beside] = scene.beside()
    assert read_checkpoint(beside.read_text()).size == 19
    scene.show(40)
    assert scene.follow() == 40


@pytest.mark.parametrize("size", [20, 40])
def test_another_log_is_refused_whether_it_is_as_long_or_longer(scene: Scene, size: int) -> None:
    scene.follow()
    scene.show(size, log=scene.lying.log(40, scene.honest, common=19))
    assert scene.refused() == (Code.LOG_FORKED, 20)
    assert [read_checkpoint(one.read_text()).size for one in scene.beside()] == [size]


def test_a_proof_that_is_denied_for_a_moment_is_asked_for_again_and_one_that_is_denied_for_long_is_another_log(
    scene: Scene,
) -> None:
    scene.follow()
    scene.show(40, proofs=False)
    for _ in range(4):
        with pytest.raises(ExchangeAwayError) as caught:
            scene.follow()
        assert caught.value.told == "proof-missing"
    assert (scene.beside(), read_checkpoint(scene.file.read_text()).size) == ([], 20)
    scene.wait_out()
    scene.show(20)
    assert scene.follow() == 20, "which shows nothing of a log that goes on"
    scene.show(40, proofs=False)
    assert scene.refused() == (Code.LOG_FORKED, 20)
    assert [read_checkpoint(one.read_text()).size for one in scene.beside()] == [40]
    scene.show(40)
    assert scene.follow() == 40
    assert not scene.denied.exists()


def test_an_older_checkpoint_that_was_cosigned_ends_no_patience(scene: Scene) -> None:
    witness, asked = PrivateKey.generate(), scene.connection.fetch
    old = cosign_checkpoint(scene.honest.checkpoint(10), "w", witness, datetime.now(UTC) - timedelta(seconds=1)).encode()
    scene.follow()
    scene.show(40, proofs=False)
    scene.wait_out()
    scene.show(20)
    scene.connection.fetch = lambda path: old if "cosigned_by" in path else asked(path)  # type: ignore[method-assign]  # an old one
    assert scene.follow(Witnesses({"w": [witness.public]}, 1)) == 10, "it leads to what is kept, and not on from it"
    scene.show(40, proofs=False)
    assert scene.refused() == (Code.LOG_FORKED, 20)


def test_another_log_is_kept_beside_whatever_was_shown_of_this_size_before(scene: Scene) -> None:
    scene.follow()
    scene.show(40, proofs=False)
    scene.wait_out()
    assert scene.refused() == (Code.LOG_FORKED, 20)
    other = scene.lying.log(40, scene.honest, common=19)
    scene.show(40, log=other)
    assert scene.refused() == (Code.LOG_FORKED, 20)
    roots = {read_checkpoint(one.read_text()).root for one in scene.beside()}
    assert roots == {read_checkpoint(one.checkpoint(40)).root for one in (scene.honest, other)}


def test_what_another_key_signed_is_no_checkpoint(scene: Scene) -> None:
    scene.show(20, log=LyingExchange().log(40))
    with pytest.raises(FailedStepError) as caught:
        scene.follow()
    assert (caught.value.number, caught.value.code) == (3, Code.KEY_NOT_ACCEPTED)
    assert not scene.file.exists()


def test_a_kept_checkpoint_binds_an_exchange_that_gave_its_key_up(scene: Scene) -> None:
    scene.follow()
    keys = scene.lying.directory()
    stolen = replace(keys, keys=tuple(replace(one, compromised_since=one.registered_at) for one in keys.keys))
    scene.show(19)
    with pytest.raises(FailedStepError) as caught:
        scene.follow(directory=stolen)
    assert caught.value.code is Code.KEY_WAS_COMPROMISED


def test_one_process_at_a_time(scene: Scene) -> None:
    with lock_held_elsewhere(scene.folder / ".checkpoint.lock"), pytest.raises(StateFileError):
        scene.follow()


def test_as_many_witnesses_as_are_needed_cosign_or_nothing_is_kept(scene: Scene) -> None:
    first, second = PrivateKey.generate(), PrivateKey.generate()
    witnesses = Witnesses({"first": [first.public], "second": [second.public]}, 2)
    note = scene.honest.checkpoint(20, datetime.now(UTC))
    at = datetime.now(UTC) - timedelta(seconds=1)
    scene.honest.checkpoint = lambda *_: cosign_checkpoint(note, "first", first, at)  # type: ignore[method-assign]  # it lies as this test tells it
    with pytest.raises(UnprovenError, match="Fewer of the witnesses"):
        scene.follow(witnesses)
    assert not scene.file.exists()
    both = cosign_checkpoint(cosign_checkpoint(note, "first", first, at), "second", second, at)
    scene.honest.checkpoint = lambda *_: both  # type: ignore[method-assign]  # it lies as this test tells it
    assert scene.follow(witnesses) == 20


@pytest.mark.parametrize(
    ("today", "code"),
    [
        ("rolled back", Code.LOG_ROLLED_BACK),
        ("none", Code.LOG_ROLLED_BACK),
        ("larger", Code.LOG_FORKED),
        ("away", Code.LOG_FORKED),
    ],
)
def test_with_witnesses_a_log_that_was_rolled_back_is_told_as_without(scene: Scene, today: str, code: Code) -> None:
    one = PrivateKey.generate()
    assert scene.follow() == 20
    note = scene.honest.checkpoint(15, datetime.now(UTC))
    cosigned = cosign_checkpoint(note, "one", one, datetime.now(UTC) - timedelta(seconds=1)).encode()
    scene.show(30 if today == "larger" else 18, proofs=False)
    scene.wait_out()
    asked = scene.connection.fetch

    def fetch(path: str) -> bytes:
        if "cosigned_by" in path:
            return cosigned
        if path == "/log/checkpoint" and today == "away":
            raise ExchangeAwayError("It is busy.")
        return asked("/nothing" if path == "/log/checkpoint" and today == "none" else path)

    scene.connection.fetch = fetch  # type: ignore[method-assign]  # what was cosigned is older than what is shown
    with pytest.raises(UnprovenError) as caught:
        scene.follow(Witnesses({"one": [one.public]}, 1))
    assert caught.value.code is code
    assert read_checkpoint(scene.file.read_text()).size == 20
    beside = {"rolled back": [18], "none": []}.get(today, [15])
    assert [read_checkpoint(file.read_text()).size for file in scene.beside()] == beside


def test_the_exchange_is_told_whom_one_counts_as_far_as_it_can_be_told(scene: Scene) -> None:
    keys = [PrivateKey.generate().public for _ in range(3)]
    asked: list[str] = []
    scene.connection.fetch = lambda path: asked.append(path) or b"no checkpoint"  # type: ignore[func-returns-value,method-assign]  # what is asked is told
    with pytest.raises(FailedStepError):
        scene.follow(Witnesses({"one": keys[:2], "other": keys[2:]}, 2))
    assert asked == ["/log/checkpoint?cosigned_by=2" + "".join(f"&witness={key.keyid}" for key in keys)]
    assert cosigned_path(2, keys[:1] * MOST_NAMED).count("witness=") == MOST_NAMED
    assert cosigned_path(2, keys[:1] * (MOST_NAMED + 1)) == cosigned_path(2) == "/log/checkpoint?cosigned_by=2"


def test_witnesses_whom_one_does_not_count_keep_nobody_from_what_ones_own_cosigned(
    desk: Desk, platform: FakePartner, tmp_path: Path
) -> None:
    operator = desk.running.operator
    witnesses = {name: HttpWitness(desk.running.enrol(name), operator) for name in ("First", "Second", "Quick", "Quicker")}
    operator.post("log/checkpoints", {})
    for one in witnesses.values():
        one.cosign()
    platform.submit(indicator())
    later = operator.post("log/checkpoints", {}).json["tree_size"]
    for name in ("Quick", "Quicker"):
        witnesses[name].cosign()
    named = Witnesses({one.name: [one.key.public] for name, one in witnesses.items() if not name.startswith("Quick")}, 2)
    connection, keys = Connection(Target(desk.url, platform.token)), directory(desk, platform, tmp_path)
    followed = follow_log(connection, tmp_path / "checkpoint", keys, named)
    assert followed.checkpoint.is_cosigned
    assert followed.checkpoint.head.size < later


def test_what_witnesses_cosigned_may_be_behind_what_was_kept_without_them_and_replaces_nothing(scene: Scene) -> None:
    scene.show(40)
    scene.follow()
    witness, plain = PrivateKey.generate(), scene.honest.checkpoint
    cosigned = cosign_checkpoint(plain(20), "w", witness, datetime.now(UTC) - timedelta(seconds=1))
    scene.honest.checkpoint = lambda size=None, at=None: cosigned if size == 20 else plain(size, at)  # type: ignore[method-assign]  # it lies as this test tells it
    scene.show(20)
    assert scene.follow(Witnesses({"w": [witness.public]}, 1)) == 20
    assert read_checkpoint(scene.file.read_text()).size == 40


def test_a_log_that_stands_still_is_too_old_by_the_word_of_the_witnesses_or_else_of_the_exchange(scene: Scene) -> None:
    def too_old(witnesses: Witnesses | None = None) -> bool:
        try:
            follow_log(scene.connection, scene.file, scene.lying.directory(), witnesses, timedelta(hours=3))
        except UnprovenError as refusal:
            return refusal.code is Code.CHECKPOINT_TOO_OLD
        return False

    hours = [datetime.now(UTC) - timedelta(hours=number) for number in range(5)]
    scene.show(20, at=hours[4])
    assert too_old()
    assert read_checkpoint(scene.file.read_text()).size == 20, "it goes on, and binds the exchange"
    scene.show(20, at=hours[2])
    assert not too_old()
    scene.show(20, at=datetime.now(UTC) + timedelta(hours=1))
    assert too_old(), "what is dated ahead would be new for ever"

    first, second = PrivateKey.generate(), PrivateKey.generate()
    witnesses, plain = Witnesses({"first": [first.public], "second": [second.public]}, 2), scene.honest.checkpoint
    for at, expected in ((hours[4], True), (hours[2], False)):
        note = cosign_checkpoint(plain(20, datetime.now(UTC)), "first", first, at)
        both = cosign_checkpoint(note, "second", second, hours[1])
        scene.honest.checkpoint = lambda *_, both=both: both  # type: ignore[misc,method-assign]  # it lies as this test tells it
        assert too_old(witnesses) is expected


@pytest.mark.parametrize("needed", [0, 2])
def test_a_number_of_witnesses_that_nothing_reaches_or_everything_is_refused(needed: int) -> None:
    with pytest.raises(MalformedInputError):
        Witnesses({"w": [PrivateKey.generate().public]}, needed)


def test_witnesses_are_read_from_the_file_that_the_command_writes(tmp_path: Path) -> None:
    key = PrivateKey.generate().public
    rows = [{"name": "w", "public_key": key.to_pem().decode()}]
    (tmp_path / "w.json").write_text(json.dumps({"witnesses": rows}))
    assert Witnesses.from_file(tmp_path / "w.json", 1) == Witnesses({"w": [key]}, 1)


def directory(desk: Desk, who: FakePartner, folder: Path) -> Directory:
    pinned = desk.running.exchange.keys.directory.public.keyid
    return update_directory(Connection(Target(desk.url, who.token)), folder / "directory.json", pinned)


def followed(desk: Desk, who: FakePartner, folder: Path) -> FollowedLog:
    keys = directory(desk, who, folder)
    return follow_log(Connection(Target(desk.url, who.token)), folder / "checkpoint", keys)


def submitted(desk: Desk, who: FakePartner, folder: Path) -> tuple[dict[str, object], Path]:
    """Submit one object; give it, and the file of the receipt."""
    value = who.sign(indicator())
    list(submit(Connection(Target(desk.url, who.token)), [value], Sending(receipts=folder / "receipts")))
    [receipt] = (folder / "receipts").iterdir()
    return value, receipt


def test_a_receipt_is_proven_and_the_proof_is_what_the_command_verifies(
    desk: Desk, platform: FakePartner, tmp_path: Path
) -> None:
    _, receipt = submitted(desk, platform, tmp_path)
    desk.running.operator.post("log/checkpoints", {})
    log = followed(desk, platform, tmp_path)
    proven = log.prove_receipt(receipt.read_bytes())
    assert [one.digest for one in proven.proofs] == list(proven.receipt.digests)
    assert json.loads(proven.proof)["receipt"] == json.loads(receipt.read_bytes())
    with pytest.raises(FailedStepError):
        log.prove_receipt(re.sub(rb'"sig": "..', b'"sig": "AA', receipt.read_bytes()))


def test_a_receipt_waits_for_the_checkpoint_that_covers_it(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    desk.running.operator.post("log/checkpoints", {})
    log = followed(desk, platform, tmp_path)
    _, receipt = submitted(desk, platform, tmp_path)
    with pytest.raises(ExchangeRefusedError) as refused:
        log.prove_receipt(receipt.read_bytes())
    assert refused.value.code is Code.CHECKPOINT_PENDING
    desk.running.operator.post("log/checkpoints", {})
    with pytest.raises(UnprovenError) as unproven:
        log.prove_receipt(receipt.read_bytes())
    assert unproven.value.code is Code.CHECKPOINT_PENDING
    assert followed(desk, platform, tmp_path).prove_receipt(receipt.read_bytes()).proofs


def pending(log: FollowedLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the exchange say of every receipt that it is pending, whatever its log holds."""

    def refuse(path: str, **_: object) -> None:
        raise ExchangeRefusedError(path, told="checkpoint-pending", answer=Answer(409))

    monkeypatch.setattr(log._connection, "get", refuse)


def test_a_receipt_that_the_kept_checkpoint_covers_is_not_pending_whatever_the_exchange_says(
    desk: Desk, platform: FakePartner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, receipt = submitted(desk, platform, tmp_path)
    desk.running.operator.post("log/checkpoints", {})
    log = followed(desk, platform, tmp_path)
    pending(log, monkeypatch)
    with pytest.raises(UnprovenError, match="the one that you kept does") as caught:
        log.prove_receipt(receipt.read_bytes())
    assert caught.value.code is Code.PROOF_INVALID


@pytest.mark.parametrize(
    "dated",
    [
        (timedelta(0), True),
        (timedelta(minutes=59), True),
        (timedelta(minutes=61), False),
        (-LOGGED_WITHIN + timedelta(minutes=1), True),
        (-LOGGED_WITHIN - timedelta(minutes=1), False),
        (None, False),
    ],
)
def test_a_receipt_is_pending_for_as_long_as_a_checkpoint_may_take(
    desk: Desk,
    platform: FakePartner,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    dated: tuple[timedelta | None, bool],
) -> None:
    received, may_wait = dated
    desk.running.operator.post("log/checkpoints", {})
    log = followed(desk, platform, tmp_path)
    _, receipt = submitted(desk, platform, tmp_path)
    document = json.loads(base64.b64decode(json.loads(receipt.read_bytes())["payload"]))
    document["received_at"] = "some day" if received is None else instant_text(datetime.now(UTC) + received)
    signed = sign_envelope(PayloadType.RECEIPT, canonical_bytes(document), desk.running.exchange.keys.statements)
    pending(log, monkeypatch)
    with pytest.raises(ExchangeRefusedError if may_wait else UnprovenError) as caught:
        log.prove_receipt(json.dumps(signed).encode())
    assert (caught.value.code is Code.CHECKPOINT_PENDING) is may_wait


def test_a_proof_whose_checkpoint_the_exchange_does_not_lead_to_is_none_and_no_other_log_yet(
    desk: Desk, platform: FakePartner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, receipt = submitted(desk, platform, tmp_path)
    desk.running.operator.post("log/checkpoints", {})
    log = followed(desk, platform, tmp_path)
    submitted(desk, platform, tmp_path / "later")
    desk.running.operator.post("log/checkpoints", {})

    def refuse(path: str) -> None:
        raise ExchangeRefusedError(path, answer=Answer(404))

    monkeypatch.setattr(log._connection, "fetch", refuse)
    with pytest.raises(UnprovenError, match="ask again") as caught:
        log.prove_receipt(receipt.read_bytes())
    assert caught.value.code is Code.PROOF_INVALID


def test_a_receipt_that_the_exchange_does_not_know_any_more_is_unproven(
    desk: Desk, platform: FakePartner, hotline: FakePartner, tmp_path: Path
) -> None:
    _, receipt = submitted(desk, platform, tmp_path)
    desk.running.operator.post("log/checkpoints", {})
    with pytest.raises(UnprovenError, match="says that there was no such submission"):
        followed(desk, hotline, tmp_path).prove_receipt(receipt.read_bytes())


def test_a_version_is_proven_by_its_content_also_against_a_later_checkpoint(
    desk: Desk, platform: FakePartner, hotline: FakePartner, tmp_path: Path
) -> None:
    value, _ = submitted(desk, platform, tmp_path)
    desk.running.operator.post("log/checkpoints", {})
    log = followed(desk, hotline, tmp_path)
    submitted(desk, platform, tmp_path / "later")
    desk.running.operator.post("log/checkpoints", {})
    asked = (str(value["id"]), str(value["modified"]))
    [verdict] = verify_document(json.dumps(value).encode(), signers_of(directory(desk, hotline, tmp_path)))
    proof = log.prove(*asked, verdict.payload_digest, "detection")  # type: ignore[union-attr]  # it verified
    assert proof.index < log.checkpoint.head.size < proof.checkpoint.head.size
    with pytest.raises(UnprovenError, match="content"):
        log.prove(*asked, "00" * 32, "detection")


def test_an_exchange_without_a_checkpoint_yet_is_asked_later_and_one_that_had_one_was_rolled_back(scene: Scene) -> None:
    nothing = LyingExchange(key=scene.lying.key, signing=scene.lying.signing)
    nothing.answer = lambda *_: (404, b'{"code": "not-found"}')  # type: ignore[method-assign]  # it lies as this test tells it
    with nothing.served() as url:
        connection = Connection(Target(url, "a"))
        with pytest.raises(ExchangeAwayError) as away:
            follow_log(connection, scene.file, scene.lying.directory())
        assert away.value.told == "checkpoint-pending"
        scene.follow()
        with pytest.raises(UnprovenError) as gone:
            follow_log(connection, scene.file, scene.lying.directory())
    assert gone.value.code is Code.LOG_ROLLED_BACK
