"""What a witness decides, each step both ways: the fixtures of an exchange that lies."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.vocabulary import KeyState, KeyUsage
from breakwater_client.trust.checkpoint import Checkpoint, log_origin, sign_checkpoint
from breakwater_client.trust.key_directory import Directory, DirectoryKey
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.verifying.steps import FailedStepError
from breakwater_client.witnessing.alarms import Alarm, AlarmKind
from breakwater_client.witnessing.judge_checkpoint import Case, Fit, judge_checkpoint
from tests.factories.directories import DAY, HOME, NOW, version
from tests.factories.small_logs import EXCHANGE, SmallLog, raw

HOUR = timedelta(hours=1)
LOG = SmallLog().fill(300)
OTHER = replace(SmallLog(key=LOG.key), leaves=LOG.leaves[:100]).fill(300)
SIGNING = PrivateKey.generate()


def directory(**changes: object) -> Directory:
    key = DirectoryKey(LOG.key.public, KeyUsage.CHECKPOINT_SIGNING, HOME, KeyState.ACTIVE, NOW - DAY, NOW - DAY)
    made = version(3, SIGNING, exchange=EXCHANGE, log_origin=log_origin(EXCHANGE))
    return replace(made, keys=(*made.keys, replace(key, **changes)))


def note(size: int, log: SmallLog = LOG, hours: float = 0) -> bytes:
    return log.checkpoint(size, NOW + hours * HOUR).encode()


def case(shown: bytes, kept: bytes | None = None, growth: object = None, **changes: object) -> Case:
    given = Case(shown, kept, None if growth is None else raw(growth), directory(), NOW + HOUR, b"{}")
    return replace(given, **changes)


def alarm(given: Case) -> Alarm:
    judged = judge_checkpoint(given)
    assert isinstance(judged, Alarm)
    return judged


def test_the_first_checkpoint_and_each_that_goes_on_may_be_cosigned() -> None:
    first = judge_checkpoint(case(note(100)))
    assert isinstance(first, Fit)
    assert (first.is_new, first.checkpoint.head.size) == (True, 100)
    later = judge_checkpoint(case(note(300, hours=1), note(100), LOG.consistency(100, 300)))
    assert isinstance(later, Fit)
    assert (later.is_new, later.checkpoint.head) == (True, LOG.tree().head())


def test_the_same_checkpoint_again_is_nothing_new() -> None:
    again = judge_checkpoint(case(note(300, hours=0.5), note(300)))
    assert isinstance(again, Fit)
    assert not again.is_new


def test_fewer_leaves_are_a_rollback() -> None:
    found = alarm(case(note(100), note(300)))
    assert (found.kind, sorted(found.evidence)) == (AlarmKind.ROLLBACK, ["directory.json", "kept", "shown"])


@pytest.mark.parametrize("growth", [b"", b"<html>", b"{}", b"\xff", raw({**LOG.consistency(200, 300), "more": 1})])
def test_a_garbled_proof_is_as_none_which_passes_by_itself(growth: bytes) -> None:
    found = alarm(replace(case(note(300), note(200)), growth=growth))
    assert (found.kind, "growth.json" in found.evidence) == (AlarmKind.UNSIGNED_GROWTH, True)


def test_whatever_is_no_checkpoint_is_one_alarm_until_the_log_goes_on() -> None:
    first, again = (alarm(case(shown, note(200))).alarm_id for shown in (b"<html>", b"\xff"))
    assert first == again
    assert first != alarm(case(b"<html>", note(300))).alarm_id


def test_two_roots_of_one_size_are_a_fork() -> None:
    assert alarm(case(note(300, OTHER), note(300))).kind is AlarmKind.FORK


def test_growth_from_another_history_is_a_fork() -> None:
    found = alarm(case(note(300, OTHER), note(200), OTHER.consistency(200, 300)))
    assert (found.kind, "growth.json" in found.evidence) == (AlarmKind.FORK, True)


@pytest.mark.parametrize(
    "growth",
    [
        LOG.consistency(99, 300),
        LOG.consistency(100, 299),
        {**LOG.consistency(100, 300), "path": []},
        OTHER.consistency(100, 300),
    ],
)
def test_a_proof_that_does_not_lead_there_is_a_fork(growth: object) -> None:
    assert alarm(case(note(300), note(100), growth)).kind is AlarmKind.FORK


def test_growth_without_a_proof_is_not_cosigned() -> None:
    found = alarm(case(note(300), note(100)))
    assert found.kind is AlarmKind.UNSIGNED_GROWTH
    assert "gives no proof" in found.sentence


@pytest.mark.parametrize(
    "shown",
    [
        SmallLog().fill(300).checkpoint(300, NOW).encode(),
        note(300).replace(b"300", b"301"),
        SmallLog("another", LOG.key).fill(300).checkpoint(300, NOW).encode(),
        b"nothing of the kind",
        b"\xff",
    ],
)
def test_what_the_directorys_key_did_not_sign_is_not_cosigned(shown: bytes) -> None:
    assert alarm(case(shown, note(100), LOG.consistency(100, 300))).kind is AlarmKind.UNSIGNED_GROWTH


def test_a_stolen_key_signs_nothing_that_is_cosigned_and_frees_nobody_of_what_was_kept() -> None:
    stolen = directory(state=KeyState.COMPROMISED, compromised_since=NOW, reported_at=NOW)
    grown = case(note(300, hours=1), note(100), LOG.consistency(100, 300), directory=stolen)
    assert alarm(grown).kind is AlarmKind.UNSIGNED_GROWTH


def test_a_key_that_ended_signs_no_later_checkpoint() -> None:
    ended = directory(state=KeyState.RETIRED, not_after=NOW + 0.5 * HOUR)
    before = case(note(300, hours=0.4), note(100), LOG.consistency(100, 300), directory=ended)
    assert isinstance(judge_checkpoint(before), Fit)
    after = case(note(300, hours=0.6), note(100), LOG.consistency(100, 300), directory=ended)
    undated = case(LOG.checkpoint(300).encode(), note(100), LOG.consistency(100, 300), directory=ended)
    assert [alarm(one).kind for one in (after, undated)] == [AlarmKind.UNSIGNED_GROWTH] * 2


def test_dates_go_on_and_are_not_ahead() -> None:
    assert alarm(case(note(100, hours=1.1))).kind is AlarmKind.CLOCK
    assert isinstance(judge_checkpoint(case(note(100, hours=1.05))), Fit)
    backwards = case(note(300, hours=0.2), note(100, hours=0.3), LOG.consistency(100, 300))
    assert alarm(backwards).kind is AlarmKind.CLOCK


def test_a_damaged_file_of_ones_own_is_an_error_and_no_alarm() -> None:
    with pytest.raises(FailedStepError):
        judge_checkpoint(case(note(300), b"damaged"))


def test_the_tree_without_leaves_is_a_beginning() -> None:
    empty = SmallLog(key=LOG.key).tree().head()
    first = sign_checkpoint(Checkpoint(log_origin(EXCHANGE), 0, empty.root), LOG.key, NOW).encode()
    judged = judge_checkpoint(case(note(300, hours=0.5), first, LOG.consistency(0, 300)))
    assert isinstance(judged, Fit)


def test_alarms_about_the_same_are_one() -> None:
    found = [alarm(case(note(300, OTHER), note(300), now=NOW + one * HOUR)) for one in (1, 2)]
    assert found[0].alarm_id == found[1].alarm_id
    assert json.dumps(found[0].how_to_verify)
