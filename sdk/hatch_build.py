"""What the distribution of the client takes along from the root of a checkout: the published schemas, and the licence.

In a source distribution they lie in the package already, so that a wheel can be built of it anywhere. Kept by
``tests/promises/test_partner_guide.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_TAKEN = {"schemas": "breakwater_client/published_schemas", "LICENSE": "breakwater_client/LICENSE"}
_NOT_WHOLE = (
    "breakwater-client is built in a checkout, or from its source distribution: the folder sdk alone lacks the published schemas "
    "and the licence, which lie beside it. Install it inside the checkout, or what `python -m hatchling build` makes there."
)


class TakeAlong(BuildHookInterface):
    """Called by hatchling for each target."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Take along what lies there. An editable installation reads it where it is.

        Raises:
            SystemExit: it lies nowhere: what is built without it could not be imported.
        """
        sdk = Path(self.root)
        if all((sdk / place).exists() for place in _TAKEN.values()):
            return
        if not (sdk.parent / "schemas" / "extensions").is_dir() or not (sdk.parent / "LICENSE").is_file():
            raise SystemExit(_NOT_WHOLE)
        if version != "editable":
            build_data["force_include"] |= {str(sdk.parent / name): place for name, place in _TAKEN.items()}
