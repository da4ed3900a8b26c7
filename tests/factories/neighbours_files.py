"""Files that neighbours' own programs write: signals by python-threatexchange, an event by MISP's library.

python-threatexchange runs as the program that people run, in a home of its own, with the sample signals that it brings along.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from pymisp import MISPEvent, MISPObject


def signals_of(home: Path, *options: str) -> bytes:
    """Give what ``threatexchange dataset`` prints of its sample signals."""
    command = [sys.executable, "-W", "ignore", "-m", "threatexchange", "dataset", *options]
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def misp_event(*attributes: tuple[str, str], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """Give an event of such attributes to be detected, as MISP's library writes it, with one hash in an object of it."""
    event = MISPEvent()
    event.info = "Synthetic"
    for tag in tags:
        event.add_tag(tag)
    for kind, value in attributes:
        event.add_attribute(kind, value)
    holder = MISPObject("file", standalone=False)
    holder.add_attribute("md5", value="cd" * 16)
    event.add_object(holder)
    return {"Event": json.loads(event.to_json())}
