"""Asking again who somebody is, before what they sent is done: the form waits in the page that asks, and nowhere else.

Owns the one way in which every form asks that may not be sent by whoever finds a screen open. A form that comes too late after
its sender last showed who they are is answered with a page that says what it does and with which values, holds all of its fields,
hidden, and asks for a passkey, or a password with a code. Both are sent together to the form's own address, where the answer is
taken out and looked at, and the form is then done as if it had come alone. So nothing typed is lost, the exchange keeps none of
it while nobody has shown who they are, and size, word against forgery, right and ``once`` are the form's own.

What lets somebody in, gives rights or keys, or gives a second person's word does not wait (``Act.anew``): whoever found a screen
open could leave it there for its owner to confirm. Its page asks, and leads back to where it is filled in and pressed once more.

Kept by ``tests/portal/test_confirming.py`` and, for every form of the url map, ``tests/promises/test_portal_confirming.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from flask import Response, request, url_for

from app.domain.errors import UnauthenticatedError
from app.portal.cookies import identify, signed_in
from app.portal.forms import carried, take
from app.portal.once import ONCE_FIELD
from app.portal.pages import go_to, lead, page
from app.portal.typed import typed_fields, typed_texts
from app.portal.words import gettext
from app.services.signing_in.by_passkey import show_again_by_passkey
from app.services.signing_in.by_password import show_again_by_password
from app.web.client_network import client_network
from app.web.context import exchange

ANSWER_BYTES = 8 * 1024
"""So much larger than the form itself may be what is sent with the answer: a passkey's has less than half."""
_ANSWER = ("again_password", "again_code", "again_answer", "again_challenge", "again_anew")
_NEVER_SHOWN = frozenset({"answer", "challenge", "code", "password", "proof", "sealed_secret", "signatures", ONCE_FIELD})
_LONGEST_SHOWN = 300  # characters; longer texts that somebody typed stand below, whole
View = TypeVar("View", bound=Callable[..., Any])


class Decorator(Protocol):
    """What takes a view and gives it back, with its terms on it."""

    def __call__(self, view: View, /) -> View:
        """Decorate."""
        ...


@dataclass(frozen=True, slots=True)
class Act:
    """What a form does, in a sentence without a full stop that stands on a button; ``anew``: no field of it waits."""

    does: str
    anew: bool


def shown_before(view: View) -> View:
    """Let a page be opened only by who showed a moment ago who they are; else they are asked to, and led back."""

    @wraps(view)
    def after_showing(**arguments: Any) -> Response:
        if not _is_fresh():
            back = request.full_path.removesuffix("?").removeprefix(request.script_root)
            return go_to("signing_in.again", back=back)
        answer: Response = view(**arguments)
        return answer

    return after_showing  # type: ignore[return-value]  # the same signature


def confirmed(endpoint: str, act: Act) -> Decorator:
    """Let a form be done only for who showed a moment ago who they are, or does with it; ``endpoint`` is the form's page.

    One that is filled in ``anew`` is never done with the answer to a question: not even where the session is fresh by then.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def after_showing(**arguments: Any) -> Response:
            given = take(_ANSWER)
            back, is_answer = url_for(endpoint, **arguments), act.anew and any(given.values())
            if not _is_fresh():
                failed = _show(given)
                if failed is not None:
                    return _ask(back, act, failed, arguments)
            if is_answer:
                return _lead_to_the_form(back, act)
            answer: Response = view(**arguments)
            return answer

        after_showing.act = act  # type: ignore[attr-defined]  # tests read it there
        return after_showing  # type: ignore[return-value]  # the same signature

    return decorate


def _is_fresh() -> bool:
    return signed_in().session.is_fresh(exchange().clock())


def _show(given: Mapping[str, str]) -> str | None:
    """Give what was wrong with the answer, empty where there is none yet; None: the session counts as fresh from now on."""
    try:
        if given["again_answer"]:
            show_again_by_passkey(exchange(), signed_in(), given["again_answer"], given["again_challenge"])
        elif given["again_password"] or given["again_code"]:
            show_again_by_password(exchange(), signed_in(), given["again_password"], given["again_code"], client_network())
        else:
            return ""
    except UnauthenticatedError as exc:
        return exc.sentence
    identify()
    return None


def _ask(back: str, act: Act, failed: str, arguments: Mapping[str, Any]) -> Response:
    """Ask who sends it; of what is filled in anew the page holds nothing but texts that were typed, to be copied afterwards."""
    kept = [*typed_fields(), ("again_anew", "yes")] if act.anew else carried()
    known = {"kept": kept, "values": _readable([*arguments.items(), *carried()]), "typed": typed_texts()}
    return page("confirm.html", HTTPStatus.FORBIDDEN, act=act, does=gettext(act.does), back=back, failed=failed, **known)


def _lead_to_the_form(back: str, act: Act) -> Response:
    """Lead who has shown it to the form, to press it themselves; by way of what they typed, where there is something."""
    typed = typed_texts()
    return page("shown.html", does=gettext(act.does), back=back, typed=typed) if typed else lead(back)


def _readable(sent: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    """Give what a person can read of what a form is about, its path's arguments first: names of fields in words, and values."""
    read = []
    for name, value in sent:
        text = str(value)
        if text.strip() and name not in _NEVER_SHOWN:
            more = gettext("… and %(count)s characters more") % {"count": len(text) - _LONGEST_SHOWN}
            shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]} {more}"
            read.append((name.replace("_", " "), shown))
    return read
