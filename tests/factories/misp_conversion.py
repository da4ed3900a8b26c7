"""MISP's own converter, misp-stix, in a process of its own: MISP event <-> STIX 2.1 bundle, as JSON texts.

Of its own, because what it imports (libraries for STIX 1) hooks into Python's import system with warnings that the suite counts
as errors. Run as a program it reads one text and writes the other.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def bundle_of_event(event: dict[str, Any]) -> str:
    """Give the text of the STIX 2.1 bundle that the converter makes of an event."""
    return _convert("to-stix", json.dumps(event))


def event_of_bundle(bundle: str) -> str:
    """Give the text of the MISP event that the converter makes of a STIX 2.1 bundle."""
    return _convert("to-misp", bundle)


def _convert(way: str, text: str) -> str:
    command = [sys.executable, "-W", "ignore", str(Path(__file__)), way]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _main(way: str, text: str) -> str:
    import misp_stix_converter  # type: ignore[import-untyped]  # noqa: PLC0415  # here alone, as the module says

    if way == "to-stix":
        maker = misp_stix_converter.MISPtoSTIX21Parser()
        maker.parse_misp_event(json.loads(text))
        return str(maker.bundle.serialize())
    import stix2  # noqa: PLC0415  # the same

    reader = misp_stix_converter.ExternalSTIX2toMISPParser()
    if "x-misp" in text or "misp:" in text:
        reader = misp_stix_converter.InternalSTIX2toMISPParser()
    reader.load_stix_bundle(stix2.parse(text, allow_custom=True))
    reader.parse_stix_bundle()
    return str(reader.misp_event.to_json())


if __name__ == "__main__":
    sys.stdout.write(_main(sys.argv[1], sys.stdin.read()))
