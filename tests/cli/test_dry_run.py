"""A dry run: the exchange's verdict without the exchange, object by object."""

from __future__ import annotations

import base64
import copy
import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.cli.faults import ExitCode
from app.cli.loopback_server import loopback_server
from app.domain.catalogue_release import Changes, following_release
from app.domain.errors import BreakwaterError, Code
from app.domain.vocabulary import Assurance, Profile
from app.services.cataloguing.founding import founding
from app.services.cataloguing.release_files import release_document
from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT, SIGNATURE
from tests.cli.desk import Desk, run
from tests.corpus.recipes import TOPICS, Kitchen, cases
from tests.factories.exchanges import FakePartner, Wanted
from tests.factories.stix_objects import TLP_AMBER, context, indicator, marking, stix_id, user_account

EXAMPLES = sorted((Path(__file__).parents[2] / "schemas/extensions").glob("*/examples/*/*.json"))
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4).decode()
LATER = {Code.AUDIENCE_NOT_FOUND, Code.HANDLING_UNRESOLVED, Code.SELF_DISPUTE, Code.TERMS_EXCEEDED, Code.VERSION_CONFLICT}


def rich() -> dict[str, Any]:
    return indicator(
        confidence=70,
        labels=["one"],
        lang="en",
        external_references=[{"source_name": "example", "url": "https://example.org/a"}],
        object_marking_refs=[TLP_AMBER],
        created_by_ref=None,
        extensions=context(),
    )


def mutations(identity_id: str) -> Iterator[dict[str, Any]]:
    """Give objects with one thing wrong, most of them: each property of an indicator gone, or of each other kind of value."""
    whole = rich() | {"created_by_ref": identity_id}
    for name in whole:
        if name != "extensions":
            yield {key: value for key, value in (whole | {"id": stix_id("indicator")}).items() if key != name}
        for other in (None, True, -1, 2.5, "", "\u202etxt", "x" * 5_000, [], [None], {}, {"a": 1}, PNG, "2026-02-30T00:00:00Z"):
            yield whole | {"id": stix_id("indicator"), name: other}
    for stated in (
        {"harm_types": []},
        {"sensitivity": "secret"},
        {"surfaces": ["nowhere"]},
        {"x_more": 1},
        {"behaviours": ["OP-999"]},
    ):
        yield indicator(extensions={OCSEA_CONTEXT: context()[OCSEA_CONTEXT] | stated})
    for pattern in (
        "[url:value = ",
        "[]",
        "[url:value LIKE 'a%'] FOLLOWEDBY [url:value = 'b']",
        "[file:hashes.MD5 = 'x']",
        "url",
    ):
        yield indicator(pattern=pattern)
    for example in (json.loads(path.read_bytes()) for path in EXAMPLES):
        yield example.get("object", example)
    yield user_account()
    yield {"type": "artifact", "spec_version": "2.1", "id": stix_id("artifact"), "payload_bin": PNG}
    yield {"type": "x-unknown", "spec_version": "2.1", "id": stix_id("x-unknown")}
    yield {"type": "url", "id": "url--" + "0" * 36, "value": "https://example.org/"}
    yield marking(audience_id="audience--0c9d4a86-3b0e-4f0d-8f65-5f2f3f9b7a10")
    yield {}


def prepared(partner: FakePartner, value: dict[str, Any], number: int) -> dict[str, Any]:
    """Sign an object if it can be signed; of each seven leave one unsigned, and spoil the signature of another."""
    try:
        signed = partner.sign(value) if number % 7 else value
    except BreakwaterError:
        return value
    if number % 7 == 1:
        signed = copy.deepcopy(signed)
        entry = signed["extensions"][SIGNATURE]["signatures"][0]
        entry.update([{"sig": "A" * 86 + "=="}, {"sig": ""}, {"keyid": "0" * 64}, {"signer": "nobody"}][number % 4])
    return signed


def by_place(told: str) -> list[dict[str, Any]]:
    """The objects of a report in the order of the file's lines; markings are sent first."""
    return sorted(json.loads(told)["objects"], key=lambda one: int(one["place"].removeprefix("line ")))


def verdict(record: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    return record.get("code"), record.get("pointer"), record.get("detail")


@pytest.mark.parametrize("profiles", [["ocsea"], ["stix"], ["ocsea", "stix"]], ids="-".join)
@pytest.mark.parametrize("assurances", [["publisher-signed"], ["channel-attested", "publisher-signed"]], ids=len)
def test_of_every_object_of_a_mixed_file_the_dry_run_says_what_the_exchange_then_says(
    desk: Desk, tmp_path: Path, profiles: list[str], assurances: list[str]
) -> None:
    write = {"profiles": profiles, "assurances": assurances}
    partner = desk.running.enrol(f"Platform that rehearses {uuid.uuid4()}", Wanted(agreement={"write": write}))
    values = [prepared(partner, value, number) for number, value in enumerate(mutations(partner.identity_id))]
    (tmp_path / "mixed.ndjson").write_text("".join(json.dumps(value) + "\n" for value in values))
    (tmp_path / "keys.json").write_text(json.dumps(desk.json(partner, "key", "list")))
    asked = [f"--profile={profile}" for profile in profiles] + ["--unsigned"] * ("channel-attested" in assurances)
    rehearsed = run("submit", tmp_path / "mixed.ndjson", "--dry-run", "--keys", tmp_path / "keys.json", *asked, "--json")
    submitted = desk.run(partner, "submit", tmp_path / "mixed.ndjson", "--json")
    there, here = (by_place(result.stdout) for result in (submitted, rehearsed))
    assert [one["place"] for one in here] == [one["place"] for one in there]
    assert len(here) == len(values) > 250
    for mine, theirs in zip(here, there, strict=True):
        if mine["status"] == "refused" or theirs.get("code") not in {None, *LATER}:
            assert verdict(mine) == verdict(theirs)
    assert {one["code"] for one in here if "code" in one} >= {"schema-violation", "signature-invalid", "content-forbidden"}
    assert sum(one["status"] == "passed" for one in here) > 10


BEFORE_POLICY = {"json", "screen", "signature", "stix"}


ANY_STIX = {"write": {"profiles": list(Profile), "assurances": list(Assurance), "carries_statements": True}}
SENDERS: dict[str, list[str]] = {"author": [], "any-stix": ["--profile=ocsea", "--profile=stix", "--unsigned"]}


@pytest.fixture(scope="module")
def authors(desk: Desk) -> dict[str, FakePartner]:
    names = {name for topic in TOPICS for case in cases(topic) for name in case.partners} | {"other", *SENDERS}
    agreements = {name: ANY_STIX if name == "any-stix" else {} for name in names}
    return {name: desk.running.enrol(f"Corpus {name}", Wanted(agreement=stated)) for name, stated in sorted(agreements.items())}


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("topic", TOPICS)
def test_of_the_corpus_the_dry_run_gives_each_verdict_that_is_not_policys_and_no_other(
    desk: Desk, authors: dict[str, FakePartner], tmp_path: Path, topic: str, sender: str
) -> None:
    single = [case for case in cases(topic) if case.is_plain]
    # Without those that are no object: a file that begins with one is no file of objects, and nothing of it is sent.
    own = [case for case in single if case.partners == (sender,) and "value" not in case.envelopes[0][0]]
    texts = [Kitchen(authors, topic).object_text(case.envelopes[0][0], sender) for case in own]
    (tmp_path / "corpus.ndjson").write_text("".join(text + "\n" for text in [*texts, "{}", "{}"]))
    (tmp_path / "keys.json").write_text(json.dumps(desk.json(authors[sender], "key", "list")))
    options = ["--keys", tmp_path / "keys.json", *SENDERS[sender], "--json"]
    rehearsed = run("submit", tmp_path / "corpus.ndjson", "--dry-run", *options)
    submitted = desk.run(authors[sender], "submit", tmp_path / "corpus.ndjson", "--json")
    here, there = (by_place(result.stdout)[:-2] for result in (rehearsed, submitted))
    for case, mine, theirs in zip(own, here, there, strict=True):
        if mine["status"] == "refused" or (case.layer in BEFORE_POLICY and theirs["status"] == "refused"):
            assert verdict(mine) == verdict(theirs), case.name


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "indicator", "type": "indicator"}',
        '{"labels": [1e400]}',
        '{"name": "\\u0000"}',
        '{"name": ' + '"' + "x" * 70_000 + '"}',
        '{"x_deep": ' + "[" * 30 + "]" * 30 + "}",
    ],
)
def test_what_is_no_json_for_the_exchange_is_told_by_the_same_code_at_the_same_place(
    desk: Desk, platform: FakePartner, tmp_path: Path, text: str
) -> None:
    body = f'{{"objects": [{text}]}}'
    (tmp_path / "a.json").write_text(body)
    [mine] = json.loads(run("submit", tmp_path / "a.json", "--dry-run", "--json").stdout)["objects"]
    theirs = platform.send("POST", "submissions", body=body.encode())
    assert (mine["status"], theirs.status) == ("refused", 400)
    assert mine["code"] == theirs.code
    if theirs.json.get("pointer"):
        assert f"/objects/0{mine['pointer']}".startswith(theirs.json["pointer"])
    [sent] = json.loads(desk.run(platform, "submit", tmp_path / "a.json", "--json").stdout)["objects"]
    assert verdict(sent) == verdict(mine)


def test_what_is_no_object_is_refused_by_the_same_code_as_by_the_exchange(platform: FakePartner, tmp_path: Path) -> None:
    body = '{"objects": [5]}'
    (tmp_path / "a.json").write_text(body)
    [mine] = json.loads(run("submit", tmp_path / "a.json", "--dry-run", "--json").stdout)["objects"]
    [theirs] = platform.send("POST", "submissions", body=body.encode()).json["results"]
    assert (mine["status"], mine["code"]) == (theirs["status"], theirs["code"]) == ("refused", "request-invalid")


def test_a_dry_run_needs_neither_address_nor_token(tmp_path: Path, platform: FakePartner) -> None:
    (tmp_path / "a.json").write_text(json.dumps(platform.sign(indicator())))
    result = run("submit", tmp_path / "a.json", "--dry-run")
    assert result.exit_code == 0, result.output
    assert "1 passed" in result.stdout
    assert "Dry run: nothing was sent. Judged by profile ocsea; objects must be signed. Not checked:" in result.stdout
    assert result.stdout.count("\n- ") == 4


def test_a_dry_run_sends_nothing(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    def unreachable(environ: Any, start_response: Any) -> Any:
        raise AssertionError(environ, start_response)

    (tmp_path / "a.json").write_text(json.dumps(platform.sign(indicator())))
    with loopback_server(unreachable) as url:
        assert Desk(url, desk.running).run(platform, "submit", tmp_path / "a.json", "--dry-run").exit_code == 0


def test_what_a_dry_run_refuses_fails_the_command(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(indicator()))
    result = run("submit", tmp_path / "a.json", "--dry-run", "--report", tmp_path / "report.ndjson")
    assert result.exit_code == ExitCode.REFUSED
    assert "[signature-missing]" in result.stdout
    assert json.loads((tmp_path / "report.ndjson").read_text())["code"] == "signature-missing"
    assert run("submit", tmp_path / "a.json", "--dry-run", "--unsigned").exit_code == 0


def test_profiles_and_assurances_come_from_the_agreement_if_that_is_asked(desk: Desk, tmp_path: Path) -> None:
    write = {"profiles": ["stix"], "assurances": ["channel-attested"]}
    partner = desk.running.enrol("Platform with plain tools", Wanted(agreement={"write": write}))
    plain = indicator()
    del plain["extensions"]
    (tmp_path / "a.json").write_text(json.dumps(plain))
    told = desk.json(partner, "submit", tmp_path / "a.json", "--dry-run", "--as-agreed")
    assert (told["counts"], told["profiles"], told["unsigned"]) == ({"passed": 1}, ["stix"], True)
    assert any("were gone by" in sentence for sentence in told["not_checked"])
    assert run("submit", tmp_path / "a.json", "--dry-run", "--as-agreed").exit_code == ExitCode.USAGE


def test_without_an_agreement_there_is_none_to_go_by(desk: Desk, tmp_path: Path) -> None:
    partner = desk.running.enrol("Platform without an agreement", Wanted(agreement=None))
    (tmp_path / "a.json").write_text(json.dumps(indicator()))
    refused = desk.run(partner, "submit", tmp_path / "a.json", "--dry-run", "--as-agreed")
    assert refused.exit_code == ExitCode.REFUSED
    assert "[agreement-not-in-force]" in refused.stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--profile", "stix"],
        ["--unsigned"],
        ["--as-agreed"],
        ["--dry-run", "--as-agreed", "--unsigned"],
        ["--dry-run", "--as-agreed", "--profile", "stix"],
        ["--dry-run", "--as-agreed", "--catalogue", "pyproject.toml"],
        ["--catalogue", "pyproject.toml"],
    ],
)
def test_options_that_say_nothing_here_are_refused(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "a.json").write_text(json.dumps(indicator()))
    assert run("submit", tmp_path / "a.json", *options).exit_code == ExitCode.USAGE


def test_a_marking_is_judged_by_its_form_alone(platform: FakePartner, tmp_path: Path) -> None:
    value = marking(audience_id="audience--0c9d4a86-3b0e-4f0d-8f65-5f2f3f9b7a10")
    assert HANDLING in value["extensions"]
    (tmp_path / "a.json").write_text(json.dumps(platform.sign(value)))
    assert run("submit", tmp_path / "a.json", "--dry-run").exit_code == 0


def test_behaviours_are_judged_by_the_release_that_is_named(tmp_path: Path) -> None:
    later = following_release(founding(), Changes(retired={"OP-003": ("OP-001",)}), founding().released_at + timedelta(days=1))
    (tmp_path / "2.json").write_text(json.dumps(release_document(later)))
    (tmp_path / "a.json").write_text(json.dumps(indicator(stated=context(behaviours=["OP-003"]))))
    dry = ("submit", tmp_path / "a.json", "--dry-run", "--unsigned")
    assert run(*dry).exit_code == 0
    refused = run(*dry, "--catalogue", tmp_path / "2.json")
    assert refused.exit_code == ExitCode.REFUSED
    assert "behaviour-retired" in refused.output
    assert run(*dry, "--catalogue", tmp_path / "a.json").exit_code == ExitCode.REFUSED
