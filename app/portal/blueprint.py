"""The blueprint of every part of the portal: Flask's, with the gate's terms stated once per page.

Owns what a page declares: permissions, query parameters, the size of its forms, and whether its reader must have shown a moment
ago who they are, and for what, or why not. Gate and tests read this one declaration. Kept by
``tests/portal/test_blueprint.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint

from app.domain.permissions import Permission
from app.portal.confirming import ANSWER_BYTES, Act, Decorator, View, confirmed, shown_before
from app.portal.unconfirmed import Unconfirmed
from app.web.gate import Terms

MAX_FORM_BYTES = 64 * 1024


class PortalBlueprint(Blueprint):
    """Pages of one part of the portal.

    A page names its permissions, or is ``for_everybody`` who is signed in, or is on the public list.
    """

    staff_alone = False
    """Whether its pages are not there for anybody but persons of the exchange itself."""

    def __init__(self, name: str, section: str | None = None) -> None:
        """Take the part's name, and the endpoint under which the head of the page leads to it, if that is another part's page."""
        super().__init__(name, __name__)
        self.section = section or f"{name}.show"

    def page(
        self,
        rule: str,
        *permissions: Permission,
        query: Iterable[str] | None = (),
        repeatable: Iterable[str] = (),
        for_everybody: bool = False,
        fresh: bool = False,
    ) -> Decorator:
        """Register what shows something; a ``fresh`` page asks first to show who one is, and then comes back.

        ``query`` None: any parameter is let pass, and what it does not know is not read, since others write its address.
        """
        single, often = frozenset(query or ()), frozenset(repeatable)
        terms = Terms(permissions, single, often, for_everybody=for_everybody, asks_later=query is None)
        return self._register("GET", rule, terms, shown_before if fresh else None)

    def form(  # noqa: PLR0913  # each is one of a form's terms, by name
        self,
        rule: str,
        *permissions: Permission,
        max_form_bytes: int = MAX_FORM_BYTES,
        for_everybody: bool = False,
        goes_on_read_only: bool = False,
        fresh_at: str | None = None,
        does: str = "",
        anew: bool = False,
        unconfirmed: Unconfirmed | None = None,
    ) -> Decorator:
        """Register what takes a form.

        With ``fresh_at`` whoever sends it must have shown a moment ago who they are, or shows it with the form (``confirming``);
        it names the page that holds the form, an endpoint with the same arguments. ``does`` says what the form does, in the
        words of its button, to whoever is asked. ``anew``: nothing of it waits, and it is filled in once more; so are forms
        that let somebody in, give rights or keys, or give a second person's word. ``unconfirmed`` says why a form asks for
        nothing of the kind: each says the one or the other.
        """
        if (fresh_at is None) is (unconfirmed is None):
            raise ValueError(f"{rule} says either where its sender shows again who they are, or why not (unconfirmed.py)")
        if (fresh_at is None) is not (does == "") or (anew and fresh_at is None):
            raise ValueError(f"{rule} says what it does where its sender shows again who they are, and nowhere else")
        asked_first, more_bytes = (confirmed(fresh_at, Act(does, anew=anew)), ANSWER_BYTES) if fresh_at else (None, 0)
        terms = Terms(
            permissions,
            max_body_bytes=max_form_bytes + more_bytes,
            for_everybody=for_everybody,
            goes_on_read_only=goes_on_read_only,
        )
        return self._register("POST", rule, terms, asked_first, unconfirmed)

    def _register(
        self, method: str, rule: str, terms: Terms, asked_first: Decorator | None, why_not: Unconfirmed | None = None
    ) -> Decorator:
        def decorate(view: View) -> View:
            served = asked_first(view) if asked_first else view
            served.terms = replace(terms, staff_alone=self.staff_alone)  # type: ignore[attr-defined]  # the gate reads it there
            served.is_fresh = asked_first is not None  # type: ignore[attr-defined]  # tests read it there
            served.act = vars(served).get("act")  # type: ignore[attr-defined]  # tests read it there
            served.unconfirmed = why_not  # type: ignore[attr-defined]  # tests read it there
            self.add_url_rule(rule, view.__name__, served, methods=[method])
            return view

        return decorate
