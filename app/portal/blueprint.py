"""The blueprint of every part of the portal: Flask's, with the gate's terms stated once per page.

Owns what a page declares: permissions, query parameters, the size of its forms. Gate and tests read this one declaration. Kept by
``tests/portal/test_blueprint.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from flask import Blueprint

from app.domain.permissions import Permission
from app.web.gate import Terms

MAX_FORM_BYTES = 64 * 1024
View = TypeVar("View", bound=Callable[..., Any])


class Decorator(Protocol):
    """What takes a view and gives it back, with its terms on it."""

    def __call__(self, view: View, /) -> View:
        """Decorate."""
        ...


class PortalBlueprint(Blueprint):
    """Pages of one part of the portal.

    A page names its permissions, or is ``for_everybody`` who is signed in, or is on the public list.
    """

    def __init__(self, name: str) -> None:
        """Take the part's name."""
        super().__init__(name, __name__)

    def page(
        self,
        rule: str,
        *permissions: Permission,
        query: Iterable[str] = (),
        repeatable: Iterable[str] = (),
        for_everybody: bool = False,
    ) -> Decorator:
        """Register what shows something."""
        terms = Terms(permissions, frozenset(query), frozenset(repeatable), for_everybody=for_everybody)
        return self._register("GET", rule, terms)

    def form(
        self,
        rule: str,
        *permissions: Permission,
        max_form_bytes: int = MAX_FORM_BYTES,
        for_everybody: bool = False,
        goes_on_read_only: bool = False,
    ) -> Decorator:
        """Register what takes a form."""
        terms = Terms(
            permissions, max_body_bytes=max_form_bytes, for_everybody=for_everybody, goes_on_read_only=goes_on_read_only
        )
        return self._register("POST", rule, terms)

    def _register(self, method: str, rule: str, terms: Terms) -> Decorator:
        def decorate(view: View) -> View:
            view.terms = terms  # type: ignore[attr-defined]  # the gate reads it there
            self.add_url_rule(rule, view.__name__, view, methods=[method])
            return view

        return decorate
