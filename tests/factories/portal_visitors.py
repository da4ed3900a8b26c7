"""People at the portal, without a browser: pages and forms of the application of this process, with cookies and hidden fields.

What needs JavaScript or looks is tested in ``tests/browser``.
"""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pyotp
from flask.testing import FlaskClient

from app.crypto.passwords import hash_password
from app.domain.partner import Person
from app.domain.sign_in import Method, SignIn
from app.domain.vocabulary import MemberRole, Purpose, StaffRole
from app.services.signing_in.by_password import seal_secret
from app.services.signing_in.sessions import find_session, open_session, read_for
from app.storage import members, sign_ins
from tests.factories.exchanges import Caller, FakePartner, RunningExchange
from tests.factories.page_forms import forms_of

COOKIE = "breakwater"
PASSWORD = "correct horse battery staple"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
_SECRET = re.compile(r'<code class="secret">([A-Z2-7]+)</code>')


@dataclass
class Page:
    """What a page answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def words(self) -> str:
        """Its text without tags, in single blanks."""
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", self.text)).split())

    @property
    def asks_again(self) -> bool:
        """Whether it asks to show who one is before the form that was sent is done."""
        return self.status == HTTPStatus.FORBIDDEN and 'name="again_password"' in self.text


@dataclass
class Visitor:
    """Somebody with a browser of their own.

    ``login`` and ``codes`` are there once they have set up a password; ``person_id``, and the session's ``secret`` as the cookie
    holds it, for whoever has ``entered``.
    """

    running: RunningExchange
    client: FlaskClient = field(init=False)
    page: Page = field(init=False)
    login: str = ""
    codes: str = field(default="", repr=False)
    person_id: str = ""
    secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Open a browser without cookies."""
        self.client = self.running.app.test_client()
        self.page = Page(0, {}, "")

    def get(self, path: str, **options: Any) -> Page:
        """Open a page below ``/portal``, not following where it leads."""
        return self._keep(self.client.get(f"/portal{path}", buffered=True, **options))

    def post(
        self, path: str, given: Mapping[str, Any] | None = None, *, site: str | None = "same-origin", **headers: str
    ) -> Page:
        """Send a form with the hidden fields of the page that was opened last, unless ``given`` says otherwise."""
        hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(self.page.text)}
        known = {"forgery_word": hidden.get("forgery_word", "")}
        if given is not None and "sealed_secret" in given:
            known["sealed_secret"] = hidden["sealed_secret"]
        if given is not None and given.get("once", "") is None:
            known["once"] = hidden["once"]
        sent = known | {name: value for name, value in (given or {}).items() if value is not None}  # a list: several times
        fetch = {} if site is None else {"Sec-Fetch-Site": site}
        return self._keep(self.client.post(f"/portal{path}", data=sent, headers=fetch | headers, buffered=True))

    def send(self, path: str, given: Mapping[str, Any], *, site: str = "same-origin") -> Page:
        """Send a form below ``/portal`` exactly as it is given; lists come several times."""
        return self._keep(self.client.post(f"/portal{path}", data=given, headers={"Sec-Fetch-Site": site}, buffered=True))

    def accept(self, link: str, login: str, password: str = PASSWORD) -> Page:
        """Open an invitation's link and set up a password with codes."""
        path = link.partition("/portal")[2]
        shown = self.get(path)
        found = _SECRET.search(shown.text)
        assert found is not None, shown.words
        self.login, self.codes = login, found[1]
        given = {"login": login, "password": password, "code": self.code(), "sealed_secret": None}
        return self.post(path, given)

    def code(self, ahead: timedelta = timedelta(0)) -> str:
        """Give the code of now, or of a while later."""
        return pyotp.TOTP(self.codes).at(self.running.clock() + ahead)

    def again(self, **given: str) -> dict[str, list[str]]:
        """Give what the form that waits in the page sends with its answer: the password and the code of now, unless ``given``."""
        form = next(one for one in forms_of(self.page.text) if any(of.name == "again_password" for of in one.fields))
        known = {"again_password": PASSWORD, "again_code": self.code()} | given
        return form.filled("") | {name: [value] for name, value in known.items()}

    def sign_in(self, password: str = PASSWORD, *, ahead: timedelta = timedelta(seconds=30), **given: str) -> Page:
        """Sign in by password, with the code of the next thirty seconds: the one of now was used when it was set up."""
        self.get("/sign-in")
        known = {"login": self.login, "password": password, "code": self.code(ahead), "back": ""}
        return self.post("/sign-in", known | given)

    def _keep(self, response: Any) -> Page:
        self.page = Page(response.status_code, response.headers, response.get_data(as_text=True))
        return self.page


def entered(running: RunningExchange, partner: FakePartner | None, *roles: MemberRole | StaffRole, name: str = "") -> Visitor:
    """Give a new person of these roles who is signed in and has just shown who they are, in a moment and without a password.

    ``partner`` None: of the exchange's own. Members read for detection.
    """
    person = Person(
        str(uuid.uuid4()),
        name or f"Synthetic {roles[0]}",
        partner.partner_id if partner else None,
        frozenset(one for one in roles if isinstance(one, StaffRole)),
        frozenset(one for one in roles if isinstance(one, MemberRole)),
    )
    with running.exchange.database.write() as connection:
        members.add_person(connection, person)
        secret = open_session(connection, person, Method.PASSKEY, running.clock())
    if partner is not None:
        read_for(running.exchange, find_session(running.exchange, secret), Purpose.DETECTION)
    visitor = Visitor(running, person_id=person.person_id, secret=secret)
    visitor.client.set_cookie(COOKIE, secret)
    return visitor


def with_password(visitor: Visitor) -> Visitor:
    """Let somebody who has ``entered`` have a password and codes, too, so that they can show again who they are."""
    exchange, codes = visitor.running.exchange, pyotp.random_base32()
    visitor.login, visitor.codes = f"person.{visitor.person_id[:8]}", codes
    kept = SignIn(
        visitor.person_id, visitor.login, hash_password(PASSWORD), seal_secret(exchange.sealer, visitor.person_id, codes)
    )
    with exchange.database.write() as connection:
        sign_ins.save_sign_in(connection, kept)
    return visitor


def invited(running: RunningExchange, administrator: Caller, role: MemberRole, login: str) -> Visitor:
    """Give a new person of an administrator's partner who has set up a password, and is signed in."""
    visitor = Visitor(running)
    assert visitor.accept(invitation(administrator, role), login).status == 303, visitor.page.words
    return visitor


def invitation(administrator: Caller, role: MemberRole) -> str:
    """Give the link by which an administrator invites a new person in a role."""
    made = administrator.post("persons", {"name": f"Synthetic {role}", "member_roles": [role]}).json
    answer = administrator.post(f"persons/{made['id']}/invitations")
    assert answer.status == 201, answer.body
    link: str = answer.json["link"]
    return link
