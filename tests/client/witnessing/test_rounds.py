"""Rounds of a witness: in which order what is kept, signed and handed in, whatever the exchange does."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from breakwater_client.errors import ExchangeAwayError, MalformedInputError
from breakwater_client.trust.checkpoint import open_cosignatures, read_checkpoint, sign_checkpoint
from breakwater_client.trust.key_directory import DirectoryKey, sign_directory
from breakwater_client.trust.keys import PrivateKey, PublicKey
from breakwater_client.trust.strict_base64 import encode_base64
from breakwater_client.vocabulary import KeyAlgorithm, KeyState, KeyUsage
from breakwater_client.witnessing import rounds
from breakwater_client.witnessing.alarms import DIRECTORY, KEPT, Alarm, AlarmKind
from breakwater_client.witnessing.kept_alarms import kept_alarms, mark_seen
from breakwater_client.witnessing.rounds import (
    COSIGNED,
    DELIVERED,
    AbsentError,
    NotTakenError,
    Watch,
    cosigned_at,
    go_round,
    look_at_log,
)
from breakwater_client.witnessing.rounds import Round as Told
from breakwater_client.witnessing.silence import find_silence
from tests.factories.directories import HOME
from tests.factories.lying_exchanges import OWNERS, LyingExchange, View
from tests.factories.memory_shelves import CutOffError, MemoryShelf


class Scene:
    """An exchange in this process, and a witness with a shelf in memory."""

    def __init__(self) -> None:
        self.lying = LyingExchange()
        self.log = self.lying.log(40)
        self.show(20)
        self.shelf = MemoryShelf({"directory.json": self.lying.envelope()})
        self.watch = Watch("breakwater-witness/w", PrivateKey.generate(), timedelta(hours=1))
        self.taken: list[str] = []
        self.refuses = False
        self.now = datetime.now(UTC)

    def show(self, size: int) -> None:
        self.lying.views["a"] = View(self.log, size)

    def fetch(self, path: str) -> bytes:
        parts = urlsplit(path)
        query = {name: value[0] for name, value in parse_qs(parts.query).items()}
        status, body = self.lying.answer("a", parts.path, query)
        if status == 404:
            raise AbsentError
        if status != 200:
            raise ExchangeAwayError(str(status))
        return body

    def deliver(self, note: str) -> None:
        if self.refuses:
            raise NotTakenError
        self.taken.append(note)
        self.lying.taken.append(("a", note))

    def round(self) -> Told:
        return go_round(self.shelf, self, self.watch, lambda: self.now)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_round_keeps_cosigns_and_hands_in(scene: Scene) -> None:
    done = scene.round()
    assert (done.size, done.cosigned, done.delivered, done.alarms) == (20, True, True, [])
    [note] = scene.taken
    assert open_cosignatures(note, {scene.watch.name: scene.watch.key.public})[0][0] == scene.watch.name
    assert scene.shelf.files[DELIVERED] == b"20"
    again = scene.round()
    assert (again.cosigned, again.delivered) == (False, False)


def test_nothing_is_cosigned_before_it_is_kept(scene: Scene) -> None:
    scene.shelf.dies_at = "checkpoint"
    with pytest.raises(CutOffError):
        scene.round()
    assert COSIGNED not in scene.shelf.files
    assert scene.taken == []


@pytest.mark.parametrize("name", [COSIGNED, DELIVERED])
def test_a_round_that_was_cut_off_is_gone_on_with(scene: Scene, name: str) -> None:
    scene.shelf.dies_at = name
    with pytest.raises(CutOffError):
        scene.round()
    scene.shelf.dies_at = None
    assert scene.round().delivered
    assert len(set(scene.taken)) == 1


def test_what_witnesses_signed_below_is_not_kept(scene: Scene) -> None:
    scene.round()
    assert "breakwater-witness" not in scene.shelf.files["checkpoint"].decode()


def test_what_the_exchange_does_not_take_is_cosigned_anew(scene: Scene) -> None:
    scene.refuses = True
    with pytest.raises(NotTakenError):
        scene.round()
    scene.refuses, scene.now = False, scene.now + timedelta(minutes=5)
    done = scene.round()
    assert (done.cosigned, done.delivered) == (True, True)
    assert cosigned_at(scene.shelf, scene.watch) == scene.now.replace(microsecond=0)


def test_a_damaged_cosignature_is_made_anew(scene: Scene) -> None:
    scene.round()
    other = Watch(scene.watch.name, PrivateKey.generate(), scene.watch.silence)
    assert cosigned_at(scene.shelf, other) is None
    scene.watch = other
    assert scene.round().cosigned


def test_a_directory_that_leads_on_is_kept(scene: Scene) -> None:
    scene.round()
    scene.lying.issue()
    scene.round()
    assert scene.shelf.files["directory.json"] == scene.lying.envelope()


def test_without_an_accepted_directory_nothing_is_done(scene: Scene) -> None:
    scene.shelf.files.clear()
    with pytest.raises(MalformedInputError):
        scene.round()


def test_looking_keeps_and_signs_nothing(scene: Scene) -> None:
    told = Told()
    assert look_at_log(scene.shelf, scene, lambda: scene.now, told) is not None
    assert COSIGNED not in scene.shelf.files
    assert read_checkpoint(scene.shelf.files["checkpoint"].decode()).size == 20


def test_each_directory_that_is_refused_is_an_alarm_and_silence_is_found_beside_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever acknowledged the first must hear of the second."""
    scene.round()
    for stranger in (LyingExchange(), LyingExchange()):
        monkeypatch.setattr(scene.lying, "envelope", stranger.envelope)
        [found] = scene.round().alarms
        assert found.kind is AlarmKind.DIRECTORY
        mark_seen(scene.shelf, found.alarm_id)
    scene.now += timedelta(hours=2)
    told = scene.round()
    assert (told.size, [one.kind for one in told.alarms]) == (20, [AlarmKind.DIRECTORY, AlarmKind.SILENCE])
    assert len(list(kept_alarms(scene.shelf))) == 3


def test_what_is_not_dated_and_never_taken_is_silent_too(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    undated = sign_checkpoint(read_checkpoint(scene.log.checkpoint(20)), scene.lying.key).encode()
    real = scene.fetch
    monkeypatch.setattr(scene, "fetch", lambda path: undated if path == "/log/checkpoint" else real(path))
    scene.refuses = True
    for _ in range(3):
        with pytest.raises(NotTakenError):
            scene.round()
        scene.now += timedelta(minutes=40)
    assert [one.kind for one in kept_alarms(scene.shelf)] == [AlarmKind.SILENCE]


def test_leaves_that_nobody_signed_for_are_found_though_no_cosignature_is_taken(scene: Scene) -> None:
    scene.lying.views["a"] = View(scene.log, 20, beyond=True)
    scene.refuses, done = True, Told()
    with pytest.raises(NotTakenError):
        go_round(scene.shelf, scene, scene.watch, lambda: scene.now, done)
    assert (done.size, done.cosigned, [one.kind for one in done.alarms]) == (20, False, [AlarmKind.UNSIGNED_GROWTH])


@pytest.mark.parametrize("size", [20, 10])
def test_a_witness_that_lost_what_it_kept_is_bound_by_what_it_cosigned(scene: Scene, size: int) -> None:
    scene.round()
    del scene.shelf.files["checkpoint"]
    scene.lying.views["a"] = View(scene.lying.log(40), size)
    [found] = scene.round().alarms
    assert found.kind is (AlarmKind.FORK if size == 20 else AlarmKind.ROLLBACK)
    assert read_checkpoint(scene.shelf.files[COSIGNED].decode()).root == scene.log.tree(20).root()
    assert len(scene.taken) == 1


def test_a_witness_that_lost_all_but_what_it_handed_in_cosigns_nothing(scene: Scene) -> None:
    scene.round()
    del scene.shelf.files["checkpoint"]
    del scene.shelf.files[COSIGNED]
    for damaged in (scene.round, lambda: find_silence(scene.shelf, scene.watch, scene.now)):
        with pytest.raises(MalformedInputError):
            damaged()
    assert len(scene.taken) == 1


def test_an_older_copy_of_what_was_kept_is_noticed(scene: Scene) -> None:
    scene.round()
    before = scene.shelf.files["checkpoint"]
    scene.show(30)
    scene.round()
    for kept in (before, scene.lying.log(40).checkpoint(30).encode()):
        scene.shelf.files["checkpoint"] = kept
        with pytest.raises(MalformedInputError):
            scene.round()
    assert len(scene.taken) == 2


def test_lines_that_anybody_wrote_in_the_logs_name_are_not_kept(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    note = scene.log.checkpoint(20, scene.now)
    origin = read_checkpoint(note).origin
    full = note + "".join(f"— {origin} {encode_base64(bytes([number]) * 5)}\n" for number in range(62))
    real = scene.fetch
    monkeypatch.setattr(scene, "fetch", lambda path: full.encode() if path == "/log/checkpoint" else real(path))
    assert scene.round().delivered
    assert scene.shelf.files["checkpoint"].decode() == note


def unproven(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the exchange answer 500 to whoever asks for a proof."""
    real = scene.lying.answer

    def answer(token: str, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        return (500, b"{}") if path == "/log/consistency" else real(token, path, query)

    monkeypatch.setattr(scene.lying, "answer", answer)


def test_a_log_written_anew_whose_proof_is_never_answered_is_an_alarm_with_what_was_shown(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.round()
    unproven(scene, monkeypatch)
    anew = scene.lying.log(40, scene.log, 10)
    for size in (30, 31, 32):  # it grows on, so that no proof is asked for twice
        scene.lying.views["a"] = View(anew, size)
        done = Told()
        with pytest.raises(ExchangeAwayError):
            go_round(scene.shelf, scene, scene.watch, lambda: scene.now, done)
        assert (done.answered, done.alarms) == (True, [])
        scene.now += timedelta(minutes=14)
    [found] = scene.round().alarms
    assert (found.kind, found.evidence["shown"]) == (AlarmKind.UNSIGNED_GROWTH, scene.fetch("/log/checkpoint"))
    assert found.evidence["kept"] == scene.shelf.files["checkpoint"]
    assert read_checkpoint(scene.shelf.files[COSIGNED].decode()).size == 20


def test_an_exchange_that_proves_again_is_forgiven(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.watch = replace(scene.watch, silence=timedelta(days=1))
    scene.round()
    for size in (25, 30, 35):
        scene.show(size)
        with monkeypatch.context() as patched:
            unproven(scene, patched)
            for _ in range(2):
                with pytest.raises(ExchangeAwayError):
                    scene.round()
                scene.now += timedelta(minutes=20)
        scene.show(size)
        assert (scene.round().alarms, scene.taken[-1].split("\n")[1]) == ([], str(size))


def test_a_round_in_which_the_exchange_is_away_says_so(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene.lying, "answer", lambda *_: (503, b""))
    done = Told()
    with pytest.raises(ExchangeAwayError):
        go_round(scene.shelf, scene, scene.watch, lambda: scene.now, done)
    assert not done.answered


def listing(scene: Scene, key: PublicKey, owner: str = HOME, usage: KeyUsage = KeyUsage.CHECKPOINT_SIGNING) -> None:
    """Let the next version of the directory list one more key, before all others."""
    scene.lying.issue()
    made = scene.lying._made
    more = DirectoryKey(key, usage, owner, KeyState.ACTIVE, made.issued_at, made.issued_at)
    scene.lying._made = replace(made, keys=(more, *made.keys))


def another_owner(scene: Scene) -> None:
    """Rotate the directory's key to one that is another's."""
    made, new = scene.lying._made, PrivateKey.generate()
    before = [
        replace(one, state=KeyState.RETIRED, not_after=made.issued_at) if one.usage is KeyUsage.DIRECTORY_SIGNING else one
        for one in made.keys
    ]
    own = DirectoryKey(new.public, KeyUsage.DIRECTORY_SIGNING, OWNERS[0], KeyState.ACTIVE, made.issued_at, made.issued_at)
    envelope = sign_directory(replace(made, version=2, rotations=(2,), keys=(own, *before)), [new, scene.lying.signing])
    scene.lying.envelope = lambda: json.dumps(envelope).encode()  # type: ignore[method-assign]  # what it shows from now on


NEUTRAL = PublicKey(PrivateKey.generate().public.spki[:-32] + b"\x01" + bytes(31))
BLINDING: dict[str, Callable[[Scene], None]] = {
    "a key of another algorithm": lambda scene: listing(scene, PrivateKey.generate(KeyAlgorithm.P256).public),
    "a point of small order": lambda scene: listing(scene, NEUTRAL),
    "a key for statements of small order": lambda scene: listing(scene, NEUTRAL, usage=KeyUsage.STATEMENT_SIGNING),
    "a directory's key of another owner": another_owner,
}


@pytest.mark.parametrize("how", BLINDING)
def test_a_directory_that_would_blind_the_witness_is_refused_and_the_old_one_stays(scene: Scene, how: str) -> None:
    scene.round()
    before = scene.shelf.files["directory.json"]
    BLINDING[how](scene)
    scene.show(30)
    [found] = scene.round().alarms
    assert (found.kind, found.evidence["directory-shown.json"]) == (AlarmKind.DIRECTORY, scene.lying.envelope())
    assert scene.shelf.files["directory.json"] == before
    scene.now += timedelta(hours=2)
    assert AlarmKind.SILENCE in [one.kind for one in scene.round().alarms]
    assert len(scene.taken) == 1


def test_a_directory_with_which_what_is_kept_could_not_be_read_is_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is that an exchange thinks of next: what is kept is read with a new version before that is kept."""
    scene.round()
    before, real = scene.shelf.files["directory.json"], rounds.log_keys_of
    scene.lying.issue()
    monkeypatch.setattr(rounds, "log_keys_of", lambda made: real(made) if made.version == 1 else replace(real(made), keys=[]))
    [found] = scene.round().alarms
    assert (found.kind, "could not be read" in found.sentence) == (AlarmKind.DIRECTORY, True)
    assert scene.shelf.files["directory.json"] == before


@pytest.mark.parametrize("garbled", [b"", b"<html>", b"{}", b"\xff", b"signature"])
def test_a_directory_that_nobody_signed_passes_by_itself(scene: Scene, garbled: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.round()
    scene.show(30)
    with monkeypatch.context() as patched:
        real = scene.lying.envelope()
        changed = json.loads(real)
        changed["signatures"][0]["sig"] = changed["signatures"][0]["sig"][::-1]
        patched.setattr(scene.lying, "envelope", lambda: json.dumps(changed).encode() if garbled == b"signature" else garbled)
        found = [one for _ in range(2) for one in scene.round().alarms]
    assert [(one.kind, one.kind.is_lasting) for one in found] == [(AlarmKind.UNSIGNED_DIRECTORY, False)] * 2
    assert len({one.alarm_id for one in found}) == 1
    assert len(scene.taken) == 1
    assert scene.round().delivered


def test_what_a_full_shelf_does_not_take_is_found_all_the_same(scene: Scene) -> None:
    scene.round()
    before = dict(scene.shelf.files)
    scene.lying.issue()  # which cannot be kept either
    scene.lying.views["a"] = View(scene.lying.log(40), 20)
    scene.shelf.full, done = True, Told()
    with pytest.raises(OSError, match="No space"):
        go_round(scene.shelf, scene, scene.watch, lambda: scene.now, done)
    assert [one.kind for one in done.unkept] == [one.kind for one in done.alarms] == [AlarmKind.FORK]
    assert scene.shelf.files == before


@pytest.mark.parametrize("fits", [True, False])
def test_on_a_nearly_full_shelf_a_split_view_ends_cosigning_though_its_evidence_does_not_fit(scene: Scene, *, fits: bool) -> None:
    """And once the disk has room again, for as long as nobody has looked at what was left."""
    real, split = scene.shelf.write, Alarm(AlarmKind.SPLIT_VIEW, "Two logs.", "a", {KEPT: b"one", DIRECTORY: b"another"})
    done, usual = Told(), scene.watch
    scene.watch = replace(scene.watch, before_cosigning=lambda: done.keep(scene.shelf, split, scene.now))

    def write(path: str, content: bytes) -> None:
        if path.endswith(f"/{DIRECTORY}") or (path.endswith("alarm.json") and not fits):
            raise OSError(errno.ENOSPC, "No space left on device", path)
        real(path, content)

    scene.shelf.write = write  # type: ignore[method-assign]  # the small files still fit
    with nullcontext() if fits else pytest.raises(OSError, match="No space"):
        go_round(scene.shelf, scene, scene.watch, lambda: scene.now, done)
    assert (bool(done.unkept), COSIGNED in scene.shelf.files) == (not fits, False)
    scene.shelf.write, scene.watch = real, usual  # type: ignore[method-assign]  # the disk has room again
    scene.round()
    [kept] = kept_alarms(scene.shelf)
    assert (kept.is_lasting, COSIGNED in scene.shelf.files) == (True, False)
    mark_seen(scene.shelf, kept.alarm_id)
    assert scene.round().cosigned


def test_a_full_shelf_keeps_no_checkpoint_without_the_directory_that_lists_its_key(scene: Scene) -> None:
    scene.round()
    scene.lying.issue()
    scene.show(30)
    scene.shelf.dies_at, real = None, scene.shelf.write

    def write(path: str, content: bytes) -> None:
        if path == "directory.json":
            raise OSError(errno.ENOSPC, "No space left on device", path)
        real(path, content)

    scene.shelf.write = write  # type: ignore[method-assign]  # the small files still fit
    with pytest.raises(OSError, match="No space"):
        scene.round()
    assert read_checkpoint(scene.shelf.files["checkpoint"].decode()).size == 20
