"""Two witnesses' checkpoints: of one history at any sizes, or a split view."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from breakwater_client.errors import ExchangeAwayError, UnprovenError
from breakwater_client.verifying.steps import FailedStepError
from breakwater_client.witnessing.alarms import Alarm, AlarmKind
from breakwater_client.witnessing.compare_views import compare_patiently, compare_views
from breakwater_client.witnessing.kept_alarms import keep_alarm, mark_seen
from breakwater_client.witnessing.rounds import AbsentError
from tests.client.witnessing.test_judge_checkpoint import LOG, OTHER, SIGNING, directory, note
from tests.factories.directories import NOW, signed
from tests.factories.memory_shelves import MemoryShelf
from tests.factories.small_logs import SmallLog


class Shows:
    """An exchange that proves growth of one log, or of none."""

    def __init__(self, log: SmallLog | None) -> None:
        self.log = log

    def fetch(self, path: str) -> bytes:
        if self.log is None:
            raise AbsentError
        first, second = (int(one.split("=")[1]) for one in path.split("?")[1].split("&"))
        return json.dumps(self.log.consistency(first, second)).encode()

    def deliver(self, note: str) -> None:
        raise AssertionError(note)


def compared(one: bytes, other: bytes, shows: SmallLog | None = LOG) -> object:
    return compare_views(one, other, Shows(shows), directory(), b"{}")


@pytest.mark.parametrize(("one", "other"), [(100, 300), (300, 100), (200, 200)])
def test_one_history_is_one_at_any_sizes(one: int, other: int) -> None:
    found = compared(note(one), note(other))
    assert not isinstance(found, Alarm)


@pytest.mark.parametrize(
    ("one", "other", "shows"),
    [
        (note(300), note(300, OTHER), None),
        (note(200), note(300, OTHER), LOG),
        (note(200), note(300, OTHER), OTHER),
        (note(300, OTHER), note(200), OTHER),
    ],
)
def test_two_histories_are_a_split_view(one: bytes, other: bytes, shows: SmallLog | None) -> None:
    found = compared(one, other, shows)
    assert isinstance(found, Alarm)
    assert (found.kind, {"kept", "other"} <= found.evidence.keys()) == (AlarmKind.SPLIT_VIEW, True)


@pytest.mark.parametrize(("one", "other"), [(note(200), note(300, OTHER)), (note(200), note(300))])
def test_what_the_exchange_has_no_proof_of_may_be_a_replica_that_lags(one: bytes, other: bytes) -> None:
    found = compared(one, other, None)
    assert isinstance(found, Alarm)
    assert (found.kind, found.kind.is_lasting, "growth.json" in found.evidence) == (AlarmKind.UNPROVEN, False, False)


class Answers(Shows):
    """An exchange that says something else instead of a proof."""

    def __init__(self, answer: bytes | Exception) -> None:
        super().__init__(LOG)
        self.answer: bytes | Exception | None = answer

    def fetch(self, path: str) -> bytes:
        if self.answer is None:
            return super().fetch(path)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


ANSWERS = [AbsentError(), ExchangeAwayError("500"), ValueError("of the program's own"), b"", b"<html>", b"{}", b"\xff"]


def shelf_with(kept: bytes) -> MemoryShelf:
    return MemoryShelf({"checkpoint": kept, "directory.json": signed(directory(), SIGNING)})


@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
def test_no_answer_serves_a_liar_better_than_no(answer: bytes | Exception) -> None:
    """Both logs grow each round, so that no pair is asked about twice."""
    shelf, found = shelf_with(b""), None
    for number in range(4):
        shelf.files["checkpoint"] = note(200 + number)
        try:
            found = compare_patiently(
                shelf, "b", note(210 + number, OTHER), Answers(answer), NOW + number * timedelta(minutes=11)
            )
        except (UnprovenError, ExchangeAwayError, ValueError):
            assert number < 3
    assert isinstance(found, Alarm)
    assert (found.kind, {"kept", "other", "directory.json"} <= found.evidence.keys()) == (AlarmKind.SPLIT_VIEW, True)


def test_an_exchange_that_was_away_for_a_moment_or_whose_replica_lagged_is_forgiven() -> None:
    shelf, asked = shelf_with(note(200)), Answers(AbsentError())
    for minutes in (0, 20, 45, 60):
        with pytest.raises(UnprovenError):
            compare_patiently(shelf, "b", note(300), asked, NOW + timedelta(minutes=minutes))
        asked.answer = None
        assert not isinstance(compare_patiently(shelf, "b", note(300), asked, NOW + timedelta(minutes=minutes)), Alarm)
        asked.answer = AbsentError()


def vainly(shelf: MemoryShelf, other: bytes, minutes: float) -> Alarm | None:
    """Compare while the exchange gives no proof; None while that is waited for."""
    try:
        found = compare_patiently(shelf, "b", other, Answers(AbsentError()), NOW + timedelta(minutes=minutes))
    except UnprovenError:
        return None
    assert isinstance(found, Alarm)
    return found


def test_what_is_not_proven_after_proofs_came_again_is_another_alarm() -> None:
    """Or one outage, once it is acknowledged, would hide every split view with that witness for ever."""
    shelf = shelf_with(note(200))
    outage = [vainly(shelf, note(210 + number), 20 * number) for number in range(4)]
    assert not isinstance(compare_patiently(shelf, "b", note(300), Shows(LOG), NOW + timedelta(minutes=80)), Alarm)
    later = [vainly(shelf, note(250 + number, OTHER), 90 + 20 * number) for number in range(4)]
    ids = [one and one.alarm_id for one in (*outage, *later)]
    assert [one is None for one in ids] == [True, True, False, False] * 2
    assert (ids[2], ids[6]) == (ids[3], ids[7])
    assert ids[2] != ids[6]


def test_what_is_not_proven_for_a_day_after_somebody_looked_is_another_alarm() -> None:
    """It is not said how long an outage lasts, and it must not hide what comes meanwhile."""
    shelf, ids = shelf_with(note(200)), list[str]()
    for hours in range(60):
        alarm = vainly(shelf, note(210 + hours, OTHER), 60 * hours)
        if alarm is not None and alarm.alarm_id not in ids:
            ids.append(alarm.alarm_id)
            keep_alarm(shelf, alarm, NOW)
            if len(ids) == 1:
                mark_seen(shelf, alarm.alarm_id)
    assert len(ids) == 2


def test_patience_with_one_witness_is_not_that_with_another() -> None:
    shelf = shelf_with(note(200))
    for minutes in (0, 20, 45, 60):
        with pytest.raises(UnprovenError):
            compare_patiently(shelf, f"{minutes}", note(300), Answers(AbsentError()), NOW + timedelta(minutes=minutes))


def test_two_roots_of_one_size_need_no_patience() -> None:
    found = compare_patiently(shelf_with(note(300)), "b", note(300, OTHER), Answers(ExchangeAwayError("500")), NOW)
    assert isinstance(found, Alarm)
    assert found.kind is AlarmKind.SPLIT_VIEW


def test_it_is_one_alarm_whoever_compares() -> None:
    one, other = (compared(*pair, None) for pair in ((note(200), note(300, OTHER)), (note(300, OTHER), note(200))))
    assert isinstance(one, Alarm)
    assert isinstance(other, Alarm)
    assert one.alarm_id == other.alarm_id


@pytest.mark.parametrize("other", [b"nothing", SmallLog().fill(200).checkpoint().encode()])
def test_what_the_exchange_did_not_sign_is_no_view_of_its_log(other: bytes) -> None:
    with pytest.raises(FailedStepError):
        compared(note(200), other)
