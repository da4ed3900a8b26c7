"""Names for what people read in tables: titles of behaviours, and of partners those that the caller may be told of by name.

Others keep the beginning of their id, which is enough to tell them apart; ``--json`` has ids whole. Kept by
``tests/cli/test_names.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.cli.faults import CommandFault, ExitCode

if TYPE_CHECKING:
    from app.cli.api import Api

_SHORT = 8


@dataclass(frozen=True, slots=True)
class Names:
    """Names of partners by their ids and identities, and titles of behaviours by their codes."""

    partners: Mapping[str, str] = field(default_factory=dict)
    behaviours: Mapping[str, str] = field(default_factory=dict)

    def partner(self, partner_id: str) -> str:
        """Give the name of a partner (its id, or that of its identity), else the beginning of the id."""
        return self.partners.get(partner_id) or short(partner_id)

    def behaviour(self, code: str) -> str:
        """Give a behaviour's code and title."""
        return f"{code} {self.behaviours[code]}" if code in self.behaviours else code


def short(one_id: str) -> str:
    """Give the beginning of an id: eight digits, after the type of a STIX object."""
    name, between, number = one_id.rpartition("--")
    return f"{name}{between}{number[:_SHORT]}…"


def names_known(api: Api) -> Names:
    """Ask for the names that the caller may be told, and for the catalogue; who may not ask reads ids."""
    try:
        members = api.get("/policy/members")["members"]
    except CommandFault as fault:
        if fault.exit_code is not ExitCode.NOT_ALLOWED:
            raise
        members = []
    partners = {one[name]: one["name"] for one in members for name in ("id", "identity_id")}
    return Names(partners, {one["code"]: one["name"] for one in api.get("/catalogue")["behaviours"]})
