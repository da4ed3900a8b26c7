"""The blueprint of every part of the portal: Flask's, with the gate's terms stated once per page.

Owns what a page declares: permissions, query parameters, the size of its forms, and whether its reader must have shown a moment
ago who they are. Gate and tests read this one declaration. Kept by
``tests/portal/test_blueprint.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Protocol, TypeVar

from flask import Blueprint, Response, request, url_for

from app.domain.permissions import Permission
from app.portal.cookies import signed_in
from app.portal.pages import go_to
from app.web.context import exchange
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

    def __init__(self, name: str, section: str | None = None) -> None:
        """Take the part's name, and the endpoint under which the head of the page leads to it, if that is another part's page."""
        super().__init__(name, __name__)
        self.section = section or f"{name}.show"

    def page(
        self,
        rule: str,
        *permissions: Permission,
        query: Iterable[str] = (),
        repeatable: Iterable[str] = (),
        for_everybody: bool = False,
        fresh: bool = False,
    ) -> Decorator:
        """Register what shows something; a ``fresh`` page asks first to show who one is, and then comes back."""
        terms = Terms(permissions, frozenset(query), frozenset(repeatable), for_everybody=for_everybody)
        return self._register("GET", rule, terms, _shown_before(None) if fresh else None)

    def form(
        self,
        rule: str,
        *permissions: Permission,
        max_form_bytes: int = MAX_FORM_BYTES,
        for_everybody: bool = False,
        goes_on_read_only: bool = False,
        fresh_at: str | None = None,
    ) -> Decorator:
        """Register what takes a form.

        With ``fresh_at`` whoever sends it must have shown a moment ago who they are; else they are asked to, and then led to that
        page (an endpoint with the same arguments), which holds the form and loses nothing that was typed.
        """
        terms = Terms(
            permissions, max_body_bytes=max_form_bytes, for_everybody=for_everybody, goes_on_read_only=goes_on_read_only
        )
        return self._register("POST", rule, terms, _shown_before(fresh_at) if fresh_at else None)

    def _register(self, method: str, rule: str, terms: Terms, asked_first: Decorator | None) -> Decorator:
        def decorate(view: View) -> View:
            served = asked_first(view) if asked_first else view
            served.terms = terms  # type: ignore[attr-defined]  # the gate reads it there
            served.is_fresh = asked_first is not None  # type: ignore[attr-defined]  # tests read it there
            self.add_url_rule(rule, view.__name__, served, methods=[method])
            return view

        return decorate


def _shown_before(endpoint: str | None) -> Decorator:
    """Let a view run only after its reader showed who they are; ``endpoint`` None: and lead back to the very same page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def shown_before(**arguments: Any) -> Response:
            if signed_in().session.is_fresh(exchange().clock()):
                answer: Response = view(**arguments)
                return answer
            back = request.full_path.removesuffix("?") if endpoint is None else url_for(endpoint, **arguments)
            return go_to("signing_in.again", back=back.removeprefix(request.script_root))

        return shown_before  # type: ignore[return-value]  # the same signature

    return decorate
