"""A partner watches over its name: each thing that can be wrong, made by tampering with a real exchange's database and keys."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.cli.faults import ExitCode
from app.cli.loopback_server import loopback_server
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from breakwater_client.trust.keys import PrivateKey
from tests.cli.desk import Desk, run
from tests.factories.exchanges import Caller, FakePartner, running_exchange
from tests.factories.stix_objects import indicator
from tests.factories.tampering import lift_guards


class Scene:
    """A partner with keys, receipts and a folder, before an exchange of its own."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder = desk, folder
        self.partner = desk.running.enrol("Watching partner")
        self.staff = desk.running.staff(StaffRole.OPERATOR, Permission)
        self.key, self.receipts, self.watched = folder / "own.pem", folder / "receipts", folder / "watch"
        self.key.write_bytes(self.partner.key.public.to_pem())
        self.receipts.mkdir()

    def publish(self, *values: dict[str, Any], checkpoint: bool = True) -> dict[str, Any]:
        answer: dict[str, Any] = self.partner.submit(*values).json
        (self.receipts / f"{answer['id']}.json").write_text(json.dumps(answer["receipt"]))
        if checkpoint:
            self.checkpoint()
        return answer

    def checkpoint(self) -> None:
        assert self.staff.post("log/checkpoints", {}).status == 201

    def watch(self, *options: object) -> tuple[int, dict[str, Any]]:
        pinned = self.desk.running.exchange.keys.directory.public.keyid
        asked = ("--key", self.key, "--receipts", self.receipts, "--directory-key", pinned, "--purpose", "detection")
        told = self.desk.run(self.partner, "log", "watch", self.watched, *asked, *options, "--json")
        assert told.stdout, told.stderr
        return told.exit_code, json.loads(told.stdout)

    def alarms(self, *options: object) -> list[str]:
        code, told = self.watch(*options)
        kinds = [one["kind"] for one in told["alarms"]]
        assert code == (ExitCode.MISUSED if kinds else ExitCode.OK)
        return kinds

    def give_away(self, stix_id: str) -> None:
        other = self.desk.running.enrol("Whoever it is given to")
        self.tamper("UPDATE object_version SET owner_id = :other WHERE stix_id = :id", other=other.partner_id, id=stix_id)

    def tamper(self, statement: str, **values: object) -> None:
        with self.desk.running.exchange.database.write() as connection:
            lift_guards(connection)
            assert connection.execute(text(statement), values).rowcount


@pytest.fixture
def scene(sqlite_template: Path, tmp_path: Path) -> Iterator[Scene]:
    database = shutil.copy(sqlite_template, tmp_path / "breakwater.db")
    with running_exchange(f"sqlite:///{database}") as running, loopback_server(running.app) as url:
        yield Scene(Desk(url, running), tmp_path)


def test_what_is_as_it_should_be_is_told_so(scene: Scene) -> None:
    scene.publish(indicator(), indicator())
    assert scene.alarms() == []
    scene.publish(indicator())
    code, told = scene.watch()
    assert (code, told["objects"], told["receipts"], told["proven"]) == (0, 3, 2, 2)


def test_what_one_withdrew_oneself_has_not_vanished_and_is_told(scene: Scene) -> None:
    value = indicator()
    made = scene.publish(value)
    withdrawn = scene.partner.post(f"objects/{value['id']}/withdrawal", {}).json
    assert scene.alarms() == [], "no checkpoint covers it yet, which is waited for"
    scene.checkpoint()
    code, told = scene.watch()
    listed = [{"payload_digest": made["results"][0]["payload_digest"], "recall": withdrawn["recall_id"]}]
    assert (code, told["alarms"], told["withdrawn"]) == (0, [], listed)


def test_what_a_recall_is_called_begins_no_line_of_what_is_told(scene: Scene) -> None:
    value = indicator()
    scene.publish(value)
    assert scene.partner.post(f"objects/{value['id']}/withdrawal", {}).status == 201
    scene.checkpoint()
    assert scene.alarms() == []
    kept = scene.watched / "withdrawn.json"
    kept.write_text(json.dumps(dict.fromkeys(json.loads(kept.read_bytes()), "x.\nALARM none: all is well\x9b\u202e")))
    asked = ("--key", scene.key, "--receipts", scene.receipts, "--purpose", "detection")
    told = scene.desk.run(scene.partner, "log", "watch", scene.watched, *asked)
    assert told.exit_code == 0
    assert [line for line in told.stdout.splitlines() if line.startswith("ALARM")] == []
    assert "by recall x.ALARM none: all is well\\u202e. Did you?" in told.stdout


def test_a_withdrawal_that_the_log_does_not_hold_is_none(scene: Scene) -> None:
    value = indicator()
    scene.publish(value)
    assert scene.partner.post(f"objects/{value['id']}/withdrawal", {}).status == 201
    scene.checkpoint()
    scene.tamper("UPDATE log_statement SET subject = 'other' WHERE kind = 'recall'")
    assert scene.alarms() == ["vanished"]


class Odd:
    """An exchange that answers what is asked of it, and puts a page of its own in place of one's own objects."""

    def __init__(self, application: Any, page: dict[str, Any]) -> None:
        self.application, self.page = application, page

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/api/v1/objects":
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(self.page).encode()]
        return self.application(environ, start_response)


def test_whoever_is_to_be_called_is_called_about_what_was_found_before_an_error(scene: Scene) -> None:
    scene.publish(indicator())
    called, script = scene.folder / "called", scene.folder / "call.sh"
    script.write_text(f'echo "$1" >> {called}\n')
    page = {"objects": [indicator(), {"type": "bundle", "objects": []}], "more": True, "next": None}
    with loopback_server(Odd(scene.desk.running.app, page)) as url:
        scene.desk.url = url
        code, told = scene.watch("--alarm-command", f"/bin/sh {script}")
    assert (code, told["complete"], len(told["alarms"])) == (ExitCode.MISUSED, False, 2)
    assert called.read_text().split() == ["not-signed"] * 2


def test_an_error_before_anything_was_found_is_told_as_that(scene: Scene) -> None:
    with loopback_server(Odd(scene.desk.running.app, {})) as url:
        scene.desk.url = url
        pinned = scene.desk.running.exchange.keys.directory.public.keyid
        scene.checkpoint()
        told = scene.desk.run(scene.partner, "log", "watch", scene.watched, "--key", scene.key, "--directory-key", pinned)
    assert (told.exit_code, "no page" in told.stderr, told.stdout) == (ExitCode.UNAVAILABLE, True, "")


def test_an_object_that_another_key_signed_in_ones_name_is_found(scene: Scene) -> None:
    scene.publish(indicator())
    stranger, own = PrivateKey.generate(), scene.partner.key
    scene.partner.key = stranger
    value = scene.partner.sign(indicator())
    scene.partner.key = own
    with scene.desk.running.exchange.database.read() as connection:
        row = connection.execute(text("SELECT version_id, content FROM object_content ORDER BY version_id LIMIT 1")).one()
    changed = {"content": json.dumps(value).encode(), "version": row[0]}
    scene.tamper("UPDATE object_content SET content = :content WHERE version_id = :version", **changed)
    kinds = scene.alarms()
    assert "not-signed" in kinds
    [evidence] = (scene.watched / "alarms").glob("not-signed-*")
    assert json.loads((evidence / "object.json").read_bytes()) == value
    assert run("verify", evidence / "object.json", "--accepted-directory", evidence / "directory.json").exit_code != 0


def test_a_key_in_ones_name_that_one_has_not_is_found(scene: Scene) -> None:
    scene.publish(indicator())
    new, old = PrivateKey.generate(), scene.partner.key
    files = {name: scene.folder / name for name in ("old", "new")}
    files["old"].write_bytes(old.to_pem())
    files["new"].write_bytes(new.to_pem())
    rotated = scene.desk.run(scene.partner, "key", "rotate", "--key", files["old"], "--new-key", files["new"])
    assert rotated.exit_code == 0, rotated.output
    assert scene.alarms() == ["foreign-key"]
    other = scene.folder / "other.pem"
    other.write_bytes(new.public.to_pem())
    assert scene.alarms("--key", other) == []


def test_an_object_that_vanished_is_found(scene: Scene) -> None:
    scene.publish(indicator())
    scene.give_away(scene.publish(indicator())["results"][0]["id"])
    assert scene.alarms() == ["vanished"]


def test_a_receipt_of_which_the_exchange_knows_nothing_is_found(scene: Scene) -> None:
    made = scene.publish(indicator())
    scene.tamper("DELETE FROM submission WHERE submission_id = :id", id=made["id"])
    assert scene.alarms() == ["not-logged"]


def test_what_is_not_covered_yet_is_waited_for(scene: Scene) -> None:
    scene.publish(indicator())
    scene.publish(indicator(), checkpoint=False)
    code, told = scene.watch()
    assert (code, told["receipts"], told["proven"]) == (0, 2, 1)


def test_proved_once_is_not_asked_again_while_the_log_only_grows(scene: Scene) -> None:
    made = scene.publish(indicator())
    assert scene.alarms() == []
    scene.tamper("DELETE FROM submission WHERE submission_id = :id", id=made["id"])
    assert scene.alarms() == []
    (scene.watched / "proven.json").write_bytes(b"damaged")
    assert scene.alarms() == ["not-logged"]


def test_a_log_that_was_rolled_back_is_found(scene: Scene) -> None:
    scene.publish(indicator())
    with scene.desk.running.exchange.database.read() as connection:
        first = connection.execute(text("SELECT max(tree_size) FROM checkpoint")).scalar_one()
    scene.publish(indicator())
    assert scene.alarms() == []
    scene.tamper("DELETE FROM checkpoint WHERE tree_size > :size", size=first)
    code, told = scene.watch()
    assert code == ExitCode.ROLLED_BACK
    assert "rollback" in [one["kind"] for one in told["alarms"]]


def test_anothers_receipt_and_another_name_are_told(scene: Scene) -> None:
    scene.publish(indicator())
    assert scene.alarms() == []
    (scene.receipts / "x.json").write_text("{}")
    told = scene.desk.run(scene.partner, "log", "watch", scene.watched, "--key", scene.key, "--receipts", scene.receipts)
    assert (told.exit_code, "x.json is no receipt" in told.stdout) == (ExitCode.MISUSED, True)
    assert "1 of 2 receipts" in told.stdout
    other: FakePartner = scene.desk.running.enrol("Somebody else")
    told = scene.desk.run(other, "log", "watch", scene.watched, "--key", scene.key)
    assert (told.exit_code, "this folder is of" in told.stderr) == (ExitCode.MISUSED, True)
    silent: Caller = scene.desk.running.enrol("Nobody yet")
    assert silent.token


def test_an_alarm_that_somebody_has_seen_is_told_no_more(scene: Scene) -> None:
    scene.publish(indicator())
    scene.give_away(scene.publish(indicator())["results"][0]["id"])
    _, told = scene.watch()
    [alarm] = told["alarms"]
    assert run("witness", "acknowledge", scene.watched, alarm["id"]).exit_code == 0
    (scene.watched / "alarms" / "packed.tgz").write_bytes(b"a file that somebody left")
    code, _ = scene.watch()
    assert code == 0
    told = scene.desk.run(scene.partner, "log", "watch", scene.watched, "--key", scene.key, "--purpose", "detection")
    assert (told.exit_code, "passed over: " in told.stderr) == (0, True)


def test_receipts_that_are_not_there_are_no_receipts_to_hold_anything_against(scene: Scene) -> None:
    scene.publish(indicator())
    pinned = scene.desk.running.exchange.keys.directory.public.keyid
    asked = ("log", "watch", scene.watched, "--key", scene.key, "--directory-key", pinned, "--purpose", "detection", "--receipts")
    told = scene.desk.run(scene.partner, *asked, scene.folder / "recepits")
    assert (told.exit_code, "does not exist" in told.stderr) == (ExitCode.USAGE, True)
    (empty := scene.folder / "empty").mkdir()
    told = scene.desk.run(scene.partner, *asked, empty)
    assert (told.exit_code, "holds no receipt" in told.stderr) == (0, True)


def test_a_private_key_in_place_of_a_public_one_has_not_left_its_owner_by_that(scene: Scene) -> None:
    private = scene.folder / "private.pem"
    private.write_bytes(scene.partner.key.to_pem())
    told = scene.desk.run(scene.partner, "log", "watch", scene.watched, "--key", private, "--trust-first")
    assert told.exit_code == ExitCode.REFUSED
    assert "private.pem: This is a private key, and its public one is wanted. Replace it if anybody else could" in told.stderr
