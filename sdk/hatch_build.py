"""What the distribution of the client takes along from the root of a checkout: the published schemas, and the licence.

In a source distribution they lie in the package already, so that a wheel can be built of it anywhere. Kept by
``tests/promises/test_partner_guide.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_TAKEN = {"schemas": "breakwater_client/published_schemas", "LICENSE": "breakwater_client/LICENSE"}


class TakeAlong(BuildHookInterface):
    """Called by hatchling for each target."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Take along what lies there. An editable installation reads it where it is."""
        if version != "editable":
            root = Path(self.root).parent
            build_data["force_include"] |= {str(root / name): place for name, place in _TAKEN.items() if (root / name).exists()}
