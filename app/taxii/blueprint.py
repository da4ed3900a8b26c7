"""The blueprint of every TAXII resource: what a route declares, once, for the gate.

Owns the prefix, the root's path, and that each path answers with and without the slash at its end, without a redirect. Kept by
``tests/taxii/test_blueprint.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint

from app.domain.permissions import Permission
from app.services.read_document import MAX_BODY_BYTES
from app.web.gate import Terms

PREFIX = "/taxii2"
ROOT = "/root"
View = TypeVar("View", bound=Callable[..., Any])

_ANYBODY_HERE = (Permission.OBJECTS_READ, Permission.OBJECTS_SUBMIT)


class TaxiiBlueprint(Blueprint):
    """Routes under ``/taxii2``, for whoever may read or submit; the right in a collection is asked by ``passage``."""

    def __init__(self, name: str) -> None:
        """Take the name of what the routes are about."""
        super().__init__(f"taxii-{name}", __name__, url_prefix=PREFIX)

    def answers(
        self,
        method: str,
        rule: str,
        parameters: frozenset[str] = frozenset(),
        permissions: tuple[Permission, ...] = _ANYBODY_HERE,
    ) -> Callable[[View], View]:
        """Register a view for a method of a path, which ends with a slash; ``parameters`` are those of its query."""

        def register(view: View) -> View:
            terms = Terms(permissions, single=parameters, max_body_bytes=MAX_BODY_BYTES, asks_later=True)
            view.terms = terms  # type: ignore[attr-defined]  # the gate reads it
            self.add_url_rule(rule, view_func=view, methods=[method], strict_slashes=False)
            return view

        return register
