"""The doctor's conclusions: an integration that is right passes all, and one that is wrong in one way is told which."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import doctor, doctor_checks, doctor_scenario
from app.cli.doctor_checks import RULES, Word, judge
from app.cli.doctor_found import Found
from app.cli.doctor_hop import hop
from app.cli.doctor_practice import Practice, Publisher
from app.cli.doctor_scenario import Scenario
from app.cli.loopback_server import loopback_server
from tests.cli.desk import Desk
from tests.factories.exchanges import running_exchange
from tests.factories.small_clients import Fault, SmallClient

_MOST_RUNS = 7
DOCUMENT = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
TOLD = {
    Fault.ANSWERS_WITH_ANOTHER_KEY: "answers-recalls",
    Fault.ANSWERS_NOTHING: "answers-recalls",
    Fault.ANSWERS_NOT_HELD: "takes-away",
    Fault.BEGINS_ANEW: "reads-to-the-end",
    Fault.BEGINS_ANEW_AFTER_A_CUT: "asks-again-for-what-was-cut",
    Fault.GIVES_UP_WHAT_WAS_LOST: "repeats-what-was-lost",
    Fault.INSISTS: "takes-no-for-an-answer",
    Fault.INVENTS_CURSORS: "reads-to-the-end",
    Fault.KEEPS_WHAT_WAS_RECALLED: "takes-away",
    Fault.MIXES_PUBLISHERS: "keeps-publishers-apart",
    Fault.READS_ONE_PAGE: "reads-to-the-end",
    Fault.REPEATS_UNDER_A_NEW_KEY: "repeats-what-was-lost",
    Fault.REPEATS_OTHER_BYTES: "repeats-what-was-lost",
    Fault.SAYS_NO_PURPOSE: "says-purpose",
    Fault.SENDS_NO_IDEMPOTENCY_KEY: "repeats-what-was-lost",
    Fault.SENDS_TOKENS_IN_ADDRESSES: "authenticates",
    Fault.SENDS_ANOTHER_TOKEN: "authenticates",
    Fault.SIGNS_NOTHING: "signs-objects",
    Fault.SIGNS_WITH_ANOTHER_KEY: "signs-objects",
    Fault.STOPS_AT_WHAT_IS_NEW: "ignores-what-is-new",
    Fault.TAKES_ANY_LISTED_KEY: "refuses-anothers-signature",
    Fault.TAKES_ANY_SIGNERS_NAME: "refuses-anothers-signature",
    Fault.TAKES_WHAT_IS_UNSIGNED: "refuses-what-is-unsigned",
    Fault.TRUSTS_EVERYTHING: "refuses-what-was-changed",
    Fault.TRUSTS_OTHER_TYPES: "refuses-what-was-changed",
    Fault.WAITS_FOR_NOTHING: "waits",
}


@pytest.fixture(scope="module")
def desk(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    database = shutil.copy(sqlite_template, tmp_path_factory.mktemp("desk") / "breakwater.db")
    with running_exchange(f"sqlite:///{database}") as running, loopback_server(running.app) as url:
        yield Desk(url, running)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of one second: more than half a second shows who waits, and who does not."""
    for module in (doctor_checks, doctor_scenario):
        monkeypatch.setattr(module, "WAIT_SECONDS", 1)
    monkeypatch.setattr(doctor_checks, "SOON_SECONDS", 0.4)


def examined(
    desk: Desk, name: str, fault: Fault | None, written: Path | None = None, looked_at: Path | None = None
) -> dict[str, doctor_checks.Check]:
    kept = [looked_at] if looked_at else []
    platform, reader = desk.running.enrol(f"Platform of {name}"), desk.running.enrol(f"Reader of {name}")
    stranger = desk.running.enrol(f"Third of {name}")
    practice = Practice(*(Publisher(desk.api(one), one.key, one.identity_id) for one in (platform, stranger)))
    scenario = Scenario(desk.url, desk.api(reader), reader.token, practice)
    practice.publish()
    desk.running.do_all_work()
    with hop(scenario.answer) as url:
        listed = [(one.key.public, one.identity_id) for one in (platform, stranger)]
        client = SmallClient(url, reader, listed, fault, file=written)
        for _ in range(_MOST_RUNS):
            client.sync()
            found = doctor._found(scenario, kept, is_over=False)
            if not found.unserved():
                practice.recall()
                desk.running.do_all_work()
            if all(one.word is Word.PASSED for one in judge(found)):
                break
    return {one.name: one for one in judge(doctor._found(scenario, kept, is_over=True))}


@pytest.mark.usefixtures("quick")
def test_an_integration_that_is_right_passes_every_check(desk: Desk) -> None:
    checks = examined(desk, "right", None)
    assert {one.word for one in checks.values()} == {Word.PASSED}, checks
    assert {name for name, one in checks.items() if "word alone" in one.sentence} == BY_ITS_FILES


REFUSING = {"refuses-what-was-changed", "refuses-what-is-unsigned", "refuses-anothers-signature"}
BY_ITS_FILES = REFUSING | {"takes-away", "keeps-publishers-apart"}


@pytest.mark.usefixtures("quick")
def test_with_its_files_it_is_not_taken_at_its_word(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "kept"
    checks = examined(desk, "one that shows its files", None, file, file)
    assert {(one.word, one.sentence) for one in checks.values()} == {(Word.PASSED, "")}, checks


@pytest.mark.usefixtures("quick")
def test_one_that_says_not_held_of_all_that_it_uses_is_found_out_by_its_files(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "kept"
    checks = examined(desk, "one that lies", Fault.ANSWERS_NOT_HELD, file, file)
    assert {name for name, one in checks.items() if one.word is Word.FAILED} == BY_ITS_FILES


@pytest.mark.usefixtures("quick")
def test_files_in_which_nothing_is_kept_show_nothing(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    checks = examined(desk, "one that shows other files", None, None, tmp_path)
    assert {name for name, one in checks.items() if one.word is Word.NOT_SEEN} == BY_ITS_FILES


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("fault", Fault)
def test_what_an_integration_does_wrong_is_told_and_what_to_do(desk: Desk, fault: Fault, tmp_path: Path) -> None:
    file = tmp_path / "kept" if fault is Fault.MIXES_PUBLISHERS else None  # which its word alone does not tell
    checks = examined(desk, fault, fault, file, file)
    failed = checks[TOLD[fault]]
    assert failed.word is Word.FAILED, checks
    if fault is Fault.MIXES_PUBLISHERS or (failed.name in REFUSING and not fault.startswith("trusts")):
        assert {name for name, one in checks.items() if one.word is Word.FAILED} == {failed.name}
    assert failed.sentence


@pytest.mark.parametrize("is_over", [False, True])
def test_of_an_integration_that_never_came_nothing_is_said(is_over: bool) -> None:  # noqa: FBT001  # a table of both
    checks = judge(Found([], is_over))
    assert {one.word for one in checks} == {Word.NOT_SEEN}
    assert all(one.sentence.startswith("Waits for ") for one in checks)


@pytest.mark.parametrize("name", RULES)
def test_every_check_is_explained_in_the_document(name: str) -> None:
    assert f"| `{name}` |" in DOCUMENT


def test_every_rule_is_broken_by_some_client() -> None:
    assert set(TOLD.values()) == set(RULES)
    assert set(TOLD) == set(Fault)
