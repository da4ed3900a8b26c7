"""The partner's signer by the command line, against a served exchange; killed, alone, and two at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest

from app.cli import signing_tasks
from app.cli.api import Api, Target
from app.cli.faults import CommandFault, ExitCode
from app.cli.signing_tasks import Run, Signs
from app.domain.signing_task import SigningTask, TaskKind
from app.services.offline.sign_tasks import ReadTask
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import Desk
from tests.factories.exchanges import FakePartner
from tests.factories.signing_tasks import waiting_task
from tests.factories.stix_objects import indicator


@pytest.fixture
def platform(desk: Desk) -> FakePartner:
    """A partner of this test's own, of which nothing else waits."""
    return desk.running.enrol(f"Platform {uuid.uuid4()}")


@pytest.fixture
def key_file(platform: FakePartner, tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    path.write_bytes(platform.key.to_pem())
    return path


def waiting(desk: Desk, partner: FakePartner, *values: dict[str, Any], **changes: Any) -> SigningTask:
    return waiting_task(desk.running, partner.partner_id, *values, **changes)


def state(partner: FakePartner, task: SigningTask) -> str:
    found: str = partner.get(f"signing-tasks/{task.task_id}").json["state"]
    return found


def options(partner: FakePartner, key_file: Path) -> tuple[str, ...]:
    return ("signing-task", "sign", "--key", str(key_file), "--signer", partner.identity_id)


def test_what_waits_is_shown_signed_and_stored(desk: Desk, platform: FakePartner, key_file: Path) -> None:
    value = indicator()
    task = waiting(desk, platform, value)
    assert task.digest in desk.run(platform, "signing-task", "list").stdout
    done = desk.json(platform, *options(platform, key_file))
    assert done == {"tasks": [{"id": task.task_id, "kind": "objects", "digest": task.digest, "state": "done"}]}
    assert platform.object(value["id"]).status == 200
    assert "Nothing waits" in desk.run(platform, "signing-task", "list").stdout
    assert task.task_id in desk.run(platform, "signing-task", "list", "--all").stdout
    assert "0 handed in, 0 left alone." in desk.run(platform, *options(platform, key_file)).stdout


def test_what_is_not_right_is_left_alone_and_the_rest_is_signed(desk: Desk, platform: FakePartner, key_file: Path) -> None:
    bad, good = waiting(desk, platform, indicator(confidence=300)), waiting(desk, platform)
    ran = desk.run(platform, *options(platform, key_file))
    assert ran.exit_code == ExitCode.REFUSED
    assert f"{bad.task_id} was not signed" in ran.stderr
    assert (state(platform, bad), state(platform, good)) == ("waiting", "done")


def test_a_kind_that_was_not_named_and_one_person_alone_are_left(desk: Desk, platform: FakePartner, key_file: Path) -> None:
    alone = waiting(desk, platform, approved_by=None)
    for more in (("--only", "recall-acknowledgement"), ("--two-persons",)):
        assert desk.run(platform, *options(platform, key_file), *more).exit_code == ExitCode.REFUSED
        assert state(platform, alone) == "waiting"
    desk.run(platform, *options(platform, key_file), "--only", "objects")
    assert state(platform, alone) == "done"


def test_a_key_that_does_not_count_hands_nothing_in(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    task, strange = waiting(desk, platform), tmp_path / "strange.pem"
    strange.write_bytes(PrivateKey.generate().to_pem())
    ran = desk.run(platform, *options(platform, strange))
    assert (ran.exit_code, state(platform, task)) == (ExitCode.REFUSED, "waiting")
    assert "[key-not-active]" not in ran.stdout


def test_nobody_is_asked_without_a_terminal(desk: Desk, platform: FakePartner, key_file: Path) -> None:
    assert desk.run(platform, *options(platform, key_file), "--ask").exit_code == ExitCode.USAGE


def running(desk: Desk, platform: FakePartner, key_file: Path, **given: Any) -> Run:
    api = Api(Target(desk.url, platform.token))
    return Run(api, signing_tasks.signer_of(api, Signs(key_file, platform.identity_id)), **given)


def test_a_no_leaves_a_task_and_it_is_not_asked_about_again(desk: Desk, platform: FakePartner, key_file: Path) -> None:
    task, asked = waiting(desk, platform), list[ReadTask]()

    def never(read: ReadTask) -> bool:
        asked.append(read)
        return False

    run = running(desk, platform, key_file, confirm=never)
    run.once()
    run.once()
    assert [(one.task_id, one.kind) for one in asked] == [(task.task_id, TaskKind.OBJECTS)]
    assert state(platform, task) == "waiting"
    running(desk, platform, key_file, confirm=lambda _: True).once()
    assert state(platform, task) == "done"


def test_two_signers_at_once_store_it_once(desk: Desk, platform: FakePartner, key_file: Path) -> None:
    value = indicator()
    task = waiting(desk, platform, value)
    signers = [threading.Thread(target=running(desk, platform, key_file).once) for _ in range(3)]
    for one in signers:
        one.start()
    for one in signers:
        one.join()
    assert state(platform, task) == "done"
    assert len(platform.get(f"objects/{value['id']}/versions", headers={"Breakwater-Purpose": "detection"}).json["versions"]) == 1


def test_killed_between_signing_and_handing_in_it_goes_on(
    desk: Desk, platform: FakePartner, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = waiting(desk, platform)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Api, "post", killed)
        with pytest.raises(KeyboardInterrupt):
            running(desk, platform, key_file).once()
    assert state(platform, task) == "waiting"
    again = running(desk, platform, key_file)
    again.once()
    assert [one["state"] for one in again.done] == ["done"]


def test_an_answer_that_was_lost_is_told_by_the_next_run(desk: Desk, platform: FakePartner, key_file: Path) -> None:
    task, run = waiting(desk, platform), running(desk, platform, key_file)
    first = running(desk, platform, key_file)
    [line] = [one for one in signing_tasks.tasks(run.api, None) if one["id"] == task.task_id]
    assert line["state"] == "waiting"
    first.once()
    run.once()
    assert run.done == []


def test_an_exchange_that_shuts_the_signer_out_ends_it(desk: Desk, platform: FakePartner, key_file: Path) -> None:
    waiting(desk, platform)
    run = running(desk, platform, key_file)
    run.api = Api(Target(desk.url, "bw_nonsense"))
    with pytest.raises(CommandFault) as refused:
        run.once()
    assert refused.value.exit_code is ExitCode.NOT_ALLOWED
    running(desk, platform, key_file).once()


def test_it_follows_until_it_is_stopped(desk: Desk, platform: FakePartner, key_file: Path) -> None:
    arguments = [*options(platform, key_file), "--follow", "--every", "1", "--url", desk.url]
    environment = {**os.environ, "BREAKWATER_TOKEN": platform.token}
    process = subprocess.Popen([sys.executable, "-m", "app", *arguments], env=environment, stdout=subprocess.PIPE, text=True)
    too_late = threading.Timer(60, process.kill)
    too_late.start()
    try:
        task = waiting(desk, platform)
        assert process.stdout
        told = process.stdout.readline()  # the exchange has it done a moment before
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        too_late.cancel()
    assert process.returncode == ExitCode.INTERRUPTED
    assert task.task_id in told
    assert state(platform, task) == "done"
