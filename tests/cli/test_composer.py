"""``compose``: offline, at the exchange, and all the way to what was submitted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.faults import ExitCode
from app.crypto.group_tokens import SCHEME, epoch_of_key, key_text, new_group_key
from breakwater_client.documents.published import founding_catalogue
from tests.cli.desk import Desk, run
from tests.factories.exchanges import FakePartner
from tests.factories.observation_forms import form

ME = "identity--2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"
HANDLE = {"kind": "handle", "value": "Example.One"}
URGENT = {"urgency": "imminent-risk", "already_reported_to": [{"body": "Police", "reported_at": "2026-01-01T00:00:00Z"}]}


WHAT = {"title": "Rooms", "harm_types": ["csam"]}


def written(folder: Path, *observables: dict[str, Any], **changes: Any) -> Path:
    file = folder / "form.json"
    file.write_text(json.dumps(form(*observables, **changes)))
    return file


def key_of(partner: FakePartner, folder: Path) -> Path:
    file = folder / "key.pem"
    file.write_bytes(partner.key.to_pem())
    return file


def test_a_form_is_composed_without_an_exchange_and_people_read_who_gets_what(tmp_path: Path) -> None:
    file = written(tmp_path, HANDLE, subject_status="may-be-child")
    result = run("compose", file, "--out", tmp_path / "objects.ndjson")
    assert result.exit_code == 0, result.output
    assert "Law enforcement and hotlines only" in result.stdout
    assert "note: line 1, /observables/0" in result.stdout
    objects = [json.loads(line) for line in (tmp_path / "objects.ndjson").read_text().splitlines()]
    assert {one["type"] for one in objects} == {"marking-definition", "user-account", "incident", "grouping"}


def test_refusals_are_all_told_and_nothing_is_written(tmp_path: Path) -> None:
    file = written(tmp_path, {"kind": "sha256", "value": "ab"}, HANDLE | {"value": "two words"})
    result = run("compose", file, "--out", tmp_path / "objects.ndjson")
    assert result.exit_code == ExitCode.REFUSED
    assert "/observables/0/value: A sha256 value has 64 hexadecimal digits; this one has 2. [observable-invalid]" in result.stdout
    assert "/observables/1/value" in result.stdout
    assert not (tmp_path / "objects.ndjson").exists()


def test_each_refusal_says_line_place_and_what_to_do(tmp_path: Path) -> None:
    """What people enter wrongly: a code that never was, a short hash, a handle in two scripts, and one with blanks."""
    handles = (HANDLE | {"value": one} for one in ("\u0430bc1d", "two words"))
    document = form({"kind": "sha256", "value": "abcd"}, *handles, what=WHAT | {"behaviours": ["OP-998"]})
    file = tmp_path / "form.json"
    file.write_text(json.dumps(document, indent=1))
    lines = [one.strip() for one in file.read_text().splitlines()]
    told = [one for one in run("compose", file).stdout.splitlines() if one.startswith("refused: ")]
    places = {
        "/what/behaviours/0": ('"OP-998"', "look it up there"),
        "/observables/0/value": ('"value": "abcd"', "64 hexadecimal digits; this one has 4"),
        "/observables/1/value": ('"value": "\\u0430bc1d"', "letters of one script"),
        "/observables/2/value": ('"value": "two words"', "no blanks"),
    }
    assert len(told) == len(places)
    for place, (written_there, what_to_do) in places.items():
        [line] = [one for one in told if f", {place}: " in one]
        assert line.startswith(f"refused: line {lines.index(written_there) + 1}, ")
        assert what_to_do in line


def test_what_is_no_json_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "form.json"
    file.write_text('{"type": "observation",\n "what": }')
    result = run("compose", file)
    assert result.exit_code == ExitCode.REFUSED
    assert f"{file}, line 2: " in result.stderr
    assert "(at /what)" in result.stderr


def test_json_is_the_answer_of_the_exchange(tmp_path: Path) -> None:
    document = json.loads(run("compose", written(tmp_path, HANDLE), "--signer", ME, "--json").stdout)
    assert document.keys() == {"objects", "told", "warnings", "refusals", "group_id"}
    assert document["objects"][0]["created_by_ref"] == ME
    assert "give --out" in run("compose", written(tmp_path, HANDLE)).stdout


def test_a_form_is_composed_signed_and_submitted_in_one_go(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    options = ("--sign-with", key_of(platform, tmp_path), "--signer", platform.identity_id, "--submit")
    result = desk.run(platform, "compose", written(tmp_path, HANDLE), *options, "--json")
    assert result.exit_code == 0, result.output
    submitted = json.loads(result.stdout)["submitted"]
    assert submitted["counts"] == {"stored": len(submitted["objects"])}
    assert {one["file"] for one in submitted["objects"]} == {"the form's objects"}


def test_what_the_exchange_refuses_then_is_told_with_its_exit_code(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    result = desk.run(platform, "compose", written(tmp_path, HANDLE), "--submit")
    assert result.exit_code == ExitCode.REFUSED
    assert "signature-missing" in result.stdout


def test_at_the_exchange_it_goes_by_its_audiences_and_it_says_whom_to_call(
    desk: Desk, platform: FakePartner, tmp_path: Path
) -> None:
    strange = {"audience_id": "audience--2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"}
    file = written(tmp_path, HANDLE, who_may_know=strange, **URGENT)
    assert run("compose", file).exit_code == 0
    result = desk.run(platform, "compose", file, "--at-exchange")
    assert result.exit_code == ExitCode.REFUSED
    assert "audience-not-found" in result.stdout
    assert "IMMINENT RISK" in result.stdout


def test_another_release_of_the_catalogue_may_be_gone_by(tmp_path: Path) -> None:
    release = founding_catalogue()
    release["behaviours"] = [one | {"retired_in": 1} for one in release["behaviours"]]
    (tmp_path / "release.json").write_text(json.dumps(release))
    result = run("compose", written(tmp_path, HANDLE), "--catalogue", tmp_path / "release.json")
    assert "behaviour-retired" in result.stdout
    (tmp_path / "release.json").write_text("{}")
    refused = run("compose", written(tmp_path, HANDLE), "--catalogue", tmp_path / "release.json", "--json")
    assert "no release" in json.loads(refused.stderr)["error"]["detail"]


PRIVATE = ({"kind": "phone", "value": "+1 (555) 0100-117"}, {"kind": "device", "value": "AB-17-XX-9"})


def keys_of_group(folder: Path, group_id: str | None = None) -> Path:
    key = new_group_key()
    (folder / "group.keys").write_text(
        json.dumps({"group_id": group_id, "scheme": SCHEME, "keys": [{"epoch": epoch_of_key(key), "key": key_text(key)}]})
    )
    return folder / "group.keys"


def test_values_become_tokens_of_the_groups_key_in_one_go_and_never_leave(
    desk: Desk, platform: FakePartner, tmp_path: Path
) -> None:
    own = ("--read", platform.partner_id, "--write", platform.partner_id, "--no-history")
    group_id = desk.json(platform, "group", "new", "Composing", *own)["id"]
    keys = tmp_path / "fetched.keys"
    desk.json(platform, "group", "keys", group_id, "--out", keys)
    file = written(tmp_path, *PRIVATE, who_may_know={"group_id": group_id})
    options = ("--keys", keys, "--sign-with", key_of(platform, tmp_path), "--signer", platform.identity_id, "--submit")
    result = desk.run(platform, "compose", file, *options, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    by_hand = json.loads(run("token", "make", "--keys", keys, "--kind", "phone", given=b"+15550100117\n").stdout)
    tokens = {one["identifier_kind"]: one["token"] for one in document["objects"] if one["type"] == "blinded-identifier"}
    assert tokens.keys() == {"phone", "device"}
    assert tokens["phone"] == by_hand["token"]
    assert set(document["submitted"]["counts"]) == {"stored"}
    told = result.stdout.lower()
    assert not any(one in told for one in ("0100-117", "5550100117", "ab-17-xx-9"))


def test_a_plain_value_is_sent_to_nobody_and_no_token_is_made_elsewhere(
    desk: Desk, platform: FakePartner, tmp_path: Path
) -> None:
    file = written(tmp_path, HANDLE, *PRIVATE)
    refused = desk.run(platform, "compose", file, "--at-exchange", "--json")
    assert (refused.exit_code, json.loads(refused.stderr)["error"]["pointer"]) == (ExitCode.REFUSED, "/observables/1")
    at_exchange = run("compose", file, "--keys", keys_of_group(tmp_path), "--at-exchange", "--json")
    assert (at_exchange.exit_code, json.loads(at_exchange.stderr)["error"]["code"]) == (ExitCode.USAGE, "keys")
    other = written(tmp_path, *PRIVATE, who_may_know={"group_id": "2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"})
    mistaken = run("compose", other, "--keys", keys_of_group(tmp_path, "3ba7b568-fa2c-439c-ad8e-1e8e5f139d01"))
    assert "another group" in mistaken.stderr


@pytest.mark.parametrize(("options", "code"), [(("--sign-with", "key.pem"), "signer"), (("--at-exchange",), "catalogue")])
def test_options_that_do_not_go_together_are_refused(tmp_path: Path, options: tuple[str, ...], code: str) -> None:
    (tmp_path / "key.pem").write_text("")
    given = [tmp_path / one if one == "key.pem" else one for one in options]
    if code == "catalogue":
        given += ["--catalogue", tmp_path / "key.pem"]
    result = run("compose", written(tmp_path), *given, "--json")
    assert result.exit_code == ExitCode.USAGE
    assert json.loads(result.stderr)["error"]["code"] == code
