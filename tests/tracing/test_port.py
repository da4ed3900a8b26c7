from __future__ import annotations

import subprocess
import sys

from app.tracing.port import OFF, Attribute

WITHOUT_THE_EXTRA = """
import sys
sys.modules["opentelemetry"] = None
from app.config.settings import Settings
from app.factory import _tracer
_tracer(Settings.from_environment({"BREAKWATER_TELEMETRY": sys.argv[1]}))
print(sorted(name for name in sys.modules if name.startswith("opentelemetry.")))
"""


def test_off_takes_nothing_down_and_lets_through_what_is_raised() -> None:
    with OFF.span("work export", {Attribute.JOB: 1}):
        OFF.begin("GET /livez", is_request=True).end({Attribute.STATUS: 200}, failed=True)
    OFF.close()
    assert not OFF.is_on


def asked(telemetry: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT_THE_EXTRA, telemetry]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_is_off_needs_no_extra_and_loads_none() -> None:
    assert asked("off").stdout == "[]\n"


def test_what_is_on_without_its_extra_is_refused_in_a_line() -> None:
    last = asked("on").stderr.splitlines()[-1]
    assert last.endswith("SettingsError: BREAKWATER_TELEMETRY is on, and its extra is not installed: breakwater[telemetry].")
