"""``doctor`` as a partner runs it: the guide's own program passes, in a real sandbox; what it is given wrongly is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.faults import ExitCode
from app.cli.loopback_server import loopback_server
from tests.cli.desk import run
from tests.factories.guide_snippets import COMMANDS, GuideFolder
from tests.factories.prepared_sandboxes import PreparedSandboxes
from tests.factories.scripted_exchange import OK, Scripted


def test_the_program_of_the_partner_guide_passes_and_one_that_answers_no_recall_does_not(
    sandboxes: PreparedSandboxes, tmp_path: Path
) -> None:
    folder = tmp_path / "afternoon"
    folder.mkdir()
    with sandboxes.serving("sqlite", folder / "practice", workers=1) as sandbox:
        sandbox.make_checkpoint()
        guide = GuideFolder.begin(folder)
        script = "\n".join((COMMANDS["settings"], "python sync.py", COMMANDS["form"], COMMANDS["doctor"]))
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", script],
            cwd=folder,
            env=guide.environment,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "All checks passed." in done.stdout
        program = folder / "sync.py"
        every_step = "(hold, receive, answer, send, tell)"
        assert every_step in program.read_text()
        program.write_text(program.read_text().replace(every_step, "(receive, tell)"))
        doctored = COMMANDS["doctor"].replace(" --kept store.db", " --json --for 60 --skip signs-objects")
        done = subprocess.run(
            ["/bin/bash", "-uo", "pipefail", "-c", f"set -a; . ./settings.env; set +a; {doctored}"],
            cwd=folder,
            env=guide.environment,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        assert done.returncode == ExitCode.REFUSED, done.stdout + done.stderr
        told = {one["check"]: one["result"] for one in json.loads(done.stdout)["checks"]}
        assert told["answers-recalls"] == "failed", told
        assert "signs-objects" not in told


def test_a_check_that_there_is_not_cannot_be_skipped() -> None:
    done = run("doctor", "--against", "http://127.0.0.1:1", "--skip", "no-such-check")
    assert (done.exit_code, "no-such-check" in done.stderr) == (ExitCode.USAGE, True)


@pytest.fixture
def there() -> Iterator[str]:
    """A practice exchange that answers, and has nothing to give."""
    with loopback_server(Scripted([OK])) as url:
        yield url


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A doctor that lets a run come to its end, which on a busy machine takes seconds; and it rests for a moment only."""
    monkeypatch.setattr("app.cli.doctor._LEAST_RUN_SECONDS", 60)
    monkeypatch.setattr("app.cli.doctor._PAUSE_SECONDS", 0.1)


@pytest.mark.usefixtures("patient")
def test_files_may_be_made_by_the_program_and_are_there_in_the_end(there: str, tmp_path: Path) -> None:
    made, never = tmp_path / "store" / "made", tmp_path / "never"
    making = ("doctor", "--against", there, "--for", "1", "--kept", made.parent)
    asking = "import os, urllib.request; urllib.request.urlopen(os.environ['BREAKWATER_URL'] + '/api/v1/exchange')"
    program = ("--", "/bin/sh", "-c", f'mkdir -p {made.parent}; echo x > {made}; {sys.executable} -c "{asking}"')
    done = run(*making, *program)
    assert (done.exit_code, made.exists(), "--kept" in done.stderr) == (ExitCode.REFUSED, True, False), done.stderr
    done = run(*making, "--kept", never, *program)
    assert (done.exit_code, f"{never} is not there" in done.stderr) == (ExitCode.USAGE, True)
    assert "Not all checks passed." in done.stdout, "what was seen is told all the same"


def test_an_exchange_that_cannot_be_reached_is_told_as_that_and_nothing_of_the_integration() -> None:
    done = run("doctor", "--against", "http://127.0.0.1:1", "--for", "1")
    assert (done.exit_code, "cannot be reached" in done.stderr, done.stdout) == (ExitCode.UNAVAILABLE, True, "")


@pytest.mark.usefixtures("patient")
def test_an_exchange_that_goes_away_is_told_beside_what_was_seen(there: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.doctor._check_reached", lambda *_, **__: None)
    asking = "import os, urllib.request; urllib.request.urlopen(os.environ['BREAKWATER_URL'] + '/api/v1/objects')"
    told = ("--for", "2", "--", sys.executable, "-c", asking)
    done = run("doctor", "--against", "http://127.0.0.1:1", *told)
    assert (done.exit_code, "cannot reach the exchange" in done.stderr) == (ExitCode.UNAVAILABLE, True)
    assert "Not all checks passed." in done.stdout
    assert run("doctor", "--against", there, *told).exit_code == ExitCode.REFUSED


def test_a_signed_request_that_cannot_be_passed_on_is_not_the_integrations_fault(there: str) -> None:
    asking = (
        "import os, urllib.request; urllib.request.urlopen(urllib.request.Request("
        "os.environ['BREAKWATER_URL'] + '/api/v1/objects', headers={'Signature-Input': 'x', 'Signature': 'x'}))"
    )
    done = run("doctor", "--against", there, "--for", "60", "--", sys.executable, "-c", asking)
    assert (done.exit_code, "--token-file or --sandbox" in done.stderr) == (ExitCode.USAGE, True)
    assert "authenticates" not in done.stdout


@pytest.mark.usefixtures("patient")
def test_the_doctors_own_rest_is_no_wait_of_an_integration_that_ends_its_run_and_never_reads_how_long(there: str) -> None:
    asking = (
        "import os, urllib.request; urllib.request.urlopen(urllib.request.Request("
        "os.environ['BREAKWATER_URL'] + '/api/v1/objects', headers={'Breakwater-Purpose': 'detection'}))"
    )
    done = run("doctor", "--against", there, "--for", "6", "--json", "--", sys.executable, "-c", asking)
    told = {one["check"]: one for one in json.loads(done.stdout)["checks"]}
    assert told["waits"]["result"] == "failed", told["waits"]
    assert "honour Retry-After" in told["waits"]["detail"]


def test_a_partner_that_the_sandbox_has_not_is_said(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.json"
    file.write_text('{"partners": []}')
    done = run("doctor", "--against", "http://127.0.0.1:1", "--sandbox", file)
    assert (done.exit_code, "platform-b" in done.stderr) == (ExitCode.USAGE, True)


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"objects": []}', '{"partners": 7}', '{"partners": ["x"]}', '{"partners": [{"name": []}]}']
)
def test_a_file_that_is_no_sandbox_json_is_said(tmp_path: Path, content: str) -> None:
    file = tmp_path / "un.json"
    file.write_text(content)
    done = run("doctor", "--against", "http://127.0.0.1:1", "--sandbox", file)
    assert (done.exit_code, f"{file} is no JSON object" in done.stderr) == (ExitCode.USAGE, True), done.stderr
    assert "sandbox.json" in done.stderr


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("exit 0", "The command ended 5 times, the last with code 0, and made no request here: does it read BREAKWATER_URL?"),
        ("exit 7", "The command ended 5 times, the last with code 7, and made no request here"),
        ("exec sleep 60", "The command made no request here, and did not end: does it read BREAKWATER_URL?"),
    ],
)
def test_a_program_that_asks_nothing_at_the_doctors_address_is_told_that_and_not_what_was_not_seen(
    there: str, monkeypatch: pytest.MonkeyPatch, script: str, says: str
) -> None:
    monkeypatch.setattr("app.cli.doctor._PAUSE_SECONDS", 0.01)
    lasting = "60" if script.startswith("exit") else "1"
    done = run("doctor", "--against", there, "--for", lasting, "--", "/bin/sh", "-c", script)
    assert (done.exit_code, says in done.stderr, "not-seen" in done.stdout) == (ExitCode.USAGE, True, False), done.stderr


def test_a_program_that_is_not_there_is_said(there: str) -> None:
    done = run("doctor", "--against", there, "--", os.devnull + "/none")
    assert (done.exit_code, "cannot be started" in done.stderr) == (ExitCode.USAGE, True)


def test_time_runs_out_and_what_was_not_seen_is_no_success(there: str) -> None:
    done = run("doctor", "--against", there, "--for", "1")
    assert done.exit_code == ExitCode.REFUSED
    assert done.stdout.startswith("ready: http://127.0.0.1:")
    assert "Not all checks passed." in done.stdout


def test_tokens_are_passed_on_over_plain_http_to_another_machine_only_if_somebody_insists(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.cli.doctor._check_reached", lambda *_, **__: None)
    asked = ("doctor", "--against", "http://192.0.2.1:1", "--for", "1")  # an address of documentation, RFC 5737
    done = run(*asked)
    assert (done.exit_code, "--insecure" in done.stderr, "ready" in done.stdout) == (ExitCode.USAGE, True, False)
    assert "ready" in run(*asked, "--insecure").stdout
