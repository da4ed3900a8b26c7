"""Signing in with an account elsewhere, over HTTP through the portal and over TLS to a provider that misbehaves.

Nobody becomes somebody by it: not by another's answer, token or key, not by a mail address, not in another browser or session.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.domain.events import Event
from app.domain.sign_in import STEP_UP_HOLDS, Method, SignIn
from app.domain.vocabulary import MemberRole, StaffRole
from app.storage import events, openid, portal_sessions, sign_ins
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.furnished import furnished, hotline, platform, running
from tests.factories.openid_providers import (
    AUTHORIZE,
    BROKEN,
    DISCOVERY,
    HUGE,
    KEYS,
    REDIRECT,
    SECRET,
    SLOW,
    TOKEN,
    Simulator,
    new_key,
    offer,
    simulator,
)
from tests.factories.portal_visitors import COOKIE, Page, Visitor, entered, invitation, invited

__all__ = ["furnished", "hotline", "platform", "running"]
AWAY = f"{COOKIE}-away"
_LINK = re.compile(r'<a class="button" href="([^"]*)">')
NOT_SHOWN = "That did not sign you in."


@pytest.fixture
def other(running: RunningExchange, tmp_path: Path) -> Iterator[Simulator]:
    with simulator(tmp_path / "provider") as started:
        offer(running, started)
        yield started


@pytest.fixture
def analyst(running: RunningExchange, platform: FakePartner, other: Simulator) -> Visitor:
    """Somebody who has added an account of the provider."""
    visitor = entered(running, platform, MemberRole.ANALYST)
    assert add(visitor, other).status == 303, visitor.page.words
    return visitor


def address_of(page: Page) -> str:
    """Give where a page sends its reader."""
    assert page.status == 200, page.words
    [found] = set(_LINK.findall(page.text))
    assert f'content="0; url={found}"' in page.text
    return unescape(found)


def come_back(visitor: Visitor, back: str) -> Page:
    """Open the address that the provider sends to, and send the form that is there."""
    path = back.partition("/portal")[2]
    shown = visitor.get(path)
    assert shown.status == 200, shown.words
    hidden = dict(re.findall(r'<input type="hidden" name="(code|state|iss|error)" value="([^"]*)">', shown.text))
    return visitor.post(path.partition("?")[0], {name: unescape(value) for name, value in hidden.items()})


def add(visitor: Visitor, known: Simulator) -> Page:
    visitor.get("/account")
    return come_back(visitor, known.comes_back(address_of(visitor.post("/account/elsewhere", {"provider": known.name}))))


def leave(visitor: Visitor, known: Simulator, back: str = "") -> str:
    visitor.get("/sign-in")
    return address_of(visitor.post(f"/sign-in/elsewhere/{known.name}", {"back": back}))


def sign_in(visitor: Visitor, known: Simulator, back: str = "") -> Page:
    return come_back(visitor, known.comes_back(leave(visitor, known, back)))


def fails(running: RunningExchange, known: Simulator) -> str:
    """Let somebody new try, and give for which fault it failed; the page says nothing of it."""
    page = sign_in(Visitor(running), known)
    assert page.status == 403
    assert NOT_SHOWN in page.words
    cookies = str(page.headers)
    assert f"Set-Cookie: {COOKIE}=" not in cookies
    return faults(running)[-1]


def faults(running: RunningExchange) -> list[str]:
    with running.exchange.database.read() as connection:
        found = events.events(connection, 0, 10_000)
    return [str(one.code) for _, one in found if one.event is Event.OPENID_FAIL]


def test_somebody_adds_an_account_and_signs_in_with_it(running: RunningExchange, analyst: Visitor, other: Simulator) -> None:
    page = analyst.get("/account")
    assert "subject-1" in page.words
    assert "somebody.else@example.org" not in page.text
    came = Visitor(running)
    answer = sign_in(came, other, "/account")
    assert (answer.status, answer.headers["Location"]) == (303, "/portal/account"), answer.words
    assert came.get("/account").status == 200
    assert came.client.get_cookie(AWAY) is None
    assert other.refused == []
    assert other.asked.count(DISCOVERY) == other.asked.count(KEYS) == 1, "documents are kept"


def test_what_is_asked_of_the_provider_is_little_and_bound_to_the_browser(running: RunningExchange, other: Simulator) -> None:
    visitor = Visitor(running)
    asked = parse_qs(urlsplit(leave(visitor, other)).query)
    kept = visitor.client.get_cookie(AWAY)
    assert kept is not None
    assert asked.keys() == {
        *("tenant", "response_type", "scope", "client_id", "redirect_uri"),
        *("state", "nonce", "code_challenge", "code_challenge_method"),
    }
    assert (asked["scope"], asked["response_type"], asked["code_challenge_method"]) == (["openid"], ["code"], ["S256"])
    assert asked["redirect_uri"] == [f"{running.exchange.duty.portal_origin}/portal/sign-in/elsewhere/example/answer"]
    assert len({asked["state"][0], asked["nonce"][0], asked["code_challenge"][0], kept.value}) == 4
    again = parse_qs(urlsplit(leave(visitor, other)).query)
    assert not {asked[name][0] for name in ("state", "nonce", "code_challenge")} & {one[0] for one in again.values()}
    assert kept.http_only
    assert kept.same_site == "Lax"


def test_the_session_is_not_fresh(running: RunningExchange, analyst: Visitor, other: Simulator) -> None:
    came = Visitor(running)
    sign_in(came, other)
    assert "Add my account" not in came.get("/account").text
    for path, given in (("/account/elsewhere", {"provider": "example"}), ("/account/passkeys/removal", {"passkey_id": "x"})):
        came.get("/account")
        answer = came.post(path, given)
        assert (answer.status, "Show that it is you" in answer.words) == (403, True), path
    with running.exchange.database.read() as connection:
        [newest, *_] = portal_sessions.open_sessions(connection, analyst.person_id, running.clock())
    assert newest.method is Method.OPENID


CLAIMS: dict[str, dict[str, object]] = {
    "nonce": {"nonce": "another"},
    "audience": {"aud": "another"},
    "expired": {"exp": 1_000_000_000},
    "issuer": {"iss": "https://other.example.org"},
    "time": {"iat": 1_000_000_000},
    "subject": {"sub": "x" * 300},
}


@pytest.mark.parametrize("fault", CLAIMS)
def test_a_token_that_says_something_else_opens_nothing(
    running: RunningExchange, analyst: Visitor, other: Simulator, fault: str
) -> None:
    other.claims = CLAIMS[fault]
    assert fails(running, other) == fault
    other.claims = {}
    assert sign_in(Visitor(running), other).status == 303
    assert analyst.get("/account").status == 200


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_without_a_signature_of_the_provider_opens_nothing(
    running: RunningExchange, analyst: Visitor, other: Simulator, algorithm: str
) -> None:
    other.header = {"alg": algorithm}
    assert fails(running, other) == "algorithm"
    assert analyst.get("/account").status == 200


def test_a_key_that_pretends_to_be_the_providers_opens_nothing(
    running: RunningExchange, analyst: Visitor, other: Simulator
) -> None:
    other.signs_with = new_key("first")
    assert fails(running, other) == "signature"
    other.signs_with = new_key("second")
    assert fails(running, other) == "key-unknown"
    assert analyst.get("/account").status == 200


def test_a_new_key_is_read_once_and_unknown_ones_are_not_asked_for_again_and_again(
    running: RunningExchange, analyst: Visitor, other: Simulator
) -> None:
    other.keys = [new_key("second")]
    assert other.asked.count(KEYS) == 1
    assert fails(running, other) == "key-unknown", "the document was read a moment ago"
    running.clock.shift += timedelta(minutes=1, seconds=1)
    other.clock_ahead = running.clock.shift.total_seconds()
    assert sign_in(Visitor(running), other).status == 303
    assert other.asked.count(KEYS) == 2
    other.signs_with = new_key("third")
    for _ in range(3):
        assert fails(running, other) == "key-unknown"
    assert other.asked.count(KEYS) == 2
    assert analyst.get("/account").status == 200


def test_a_key_that_was_taken_away_counts_for_an_hour_at_most(
    running: RunningExchange, analyst: Visitor, other: Simulator
) -> None:
    old = other.keys[0]
    other.keys = [new_key("second")]
    other.signs_with = old
    running.clock.shift += timedelta(hours=1, seconds=1)
    other.clock_ahead = running.clock.shift.total_seconds()
    assert fails(running, other) == "key-unknown"
    assert analyst.login == ""


@pytest.mark.parametrize("how", [SLOW, HUGE, REDIRECT, BROKEN])
@pytest.mark.parametrize("where", [DISCOVERY, KEYS, TOKEN])
def test_a_provider_that_misbehaves_holds_nobody_up(
    running: RunningExchange, analyst: Visitor, other: Simulator, where: str, how: str
) -> None:
    offer(running, other, patience_seconds=2 if how == SLOW else 60)  # nothing is kept of its documents
    other.answers[where] = how
    visitor = Visitor(running)
    visitor.get("/sign-in")
    answer = visitor.post("/sign-in/elsewhere/example", {"back": ""})
    if where != DISCOVERY:
        answer = come_back(visitor, other.comes_back(address_of(answer)))
    away = where == DISCOVERY or (where == KEYS and how != BROKEN)
    assert answer.status == (503 if away else 403)
    assert ("cannot be reached now" in answer.words) is away
    assert visitor.get("/account").status == 303
    assert "/elsewhere" not in other.asked, "a redirect is not followed"
    assert analyst.get("/account").status == 200


def test_a_provider_that_is_down_is_not_asked_by_everybody(running: RunningExchange, other: Simulator) -> None:
    other.answers[DISCOVERY] = BROKEN
    visitor = Visitor(running)
    for _ in range(3):
        visitor.get("/sign-in")
        assert visitor.post("/sign-in/elsewhere/example", {"back": ""}).status == 503
    assert other.asked == [DISCOVERY]


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://login.example.org"},
        {"token_endpoint": "http://login.localhost/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": 'https://login.localhost/"><script>'},
        {"jwks_uri": None},
        {"code_challenge_methods_supported": ["plain"]},
        {"code_challenge_methods_supported": 5},
    ],
)
def test_a_discovery_document_that_does_not_fit_sends_nobody_anywhere(
    running: RunningExchange, other: Simulator, change: dict[str, object]
) -> None:
    other.document = change
    visitor = Visitor(running)
    visitor.get("/sign-in")
    answer = visitor.post("/sign-in/elsewhere/example", {"back": ""})
    assert answer.status == 503
    assert visitor.client.get_cookie(AWAY) is None


def test_tokens_and_keys_are_asked_at_public_addresses_alone(
    running: RunningExchange, analyst: Visitor, other: Simulator
) -> None:
    offer(running, other)
    other.document = {"token_endpoint": "https://metadata.internal.example.org/token"}
    assert fails(running, other) == "no-token"
    offer(running, other)
    other.document = {"jwks_uri": "https://127.0.0.1/keys"}
    assert sign_in(Visitor(running), other).status == 503
    assert analyst.get("/account").status == 200


def test_a_secret_that_is_posted_counts_where_the_provider_wants_that(
    running: RunningExchange, analyst: Visitor, other: Simulator
) -> None:
    offer(running, other)
    other.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert sign_in(Visitor(running), other).status == 303
    assert (other.refused, analyst.login) == ([], "")


CHANGED: dict[str, Callable[[Simulator], dict[str, str | None]]] = {
    "another issuer's answer": lambda _known: {"iss": "https://other.example.org"},
    "an answer that names nobody": lambda _known: {"iss": None},
    "another state": lambda _known: {"state": "A" * 43},
    "no state": lambda _known: {"state": None},
    "another code": lambda _known: {"code": "made-up"},
    "no code": lambda _known: {"code": None},
    "a refusal": lambda _known: {"error": "access_denied", "code": None},
    "a refusal and a code": lambda _known: {"error": "access_denied"},
}


@pytest.mark.parametrize("what", CHANGED)
def test_an_answer_that_does_not_fit_opens_nothing(
    running: RunningExchange, analyst: Visitor, other: Simulator, what: str
) -> None:
    visitor = Visitor(running)
    back = other.comes_back(leave(visitor, other), **CHANGED[what](other))
    answer = come_back(visitor, back)
    assert answer.status == 403
    assert NOT_SHOWN in answer.words
    assert visitor.get("/account").status == 303
    assert analyst.get("/account").status == 200


def test_an_answer_serves_once_and_in_its_own_browser_alone(running: RunningExchange, analyst: Visitor, other: Simulator) -> None:
    attacker, victim = Visitor(running), Visitor(running)
    back = other.comes_back(leave(attacker, other))
    assert come_back(victim, back).status == 403, "a victim who follows the link is not signed in as the attacker"
    leave(victim, other)
    assert come_back(victim, back).status == 403, "nor with an attempt of their own"
    assert come_back(attacker, back).status == 303
    assert come_back(attacker, back).status == 403, "once"
    late = Visitor(running)
    back = other.comes_back(leave(late, other))
    running.clock.shift += timedelta(minutes=10)
    assert come_back(late, back).status == 403
    assert analyst.login == ""


def test_opening_the_address_does_nothing_by_itself(running: RunningExchange, analyst: Visitor, other: Simulator) -> None:
    visitor = Visitor(running)
    back = other.comes_back(leave(visitor, other))
    path = back.partition("/portal")[2]
    for _ in range(2):
        assert visitor.get(path).status == 200
    assert TOKEN not in other.asked[other.asked.index(TOKEN) + 1 :], "but for the analyst's"
    shown = visitor.get(f"{path}&code=twice&unknown=%3Cscript%3E")
    assert 'name="state" value=""' in shown.text
    assert "unknown" not in shown.text
    assert come_back(visitor, back).status == 303
    assert analyst.login == ""


def test_one_provider_does_not_answer_for_another(
    running: RunningExchange, platform: FakePartner, other: Simulator, tmp_path: Path
) -> None:
    with simulator(tmp_path / "provider", name="second", names_itself=False) as second:
        offer(running, other, second)
        analyst = entered(running, platform, MemberRole.ANALYST)
        assert add(analyst, second).status == 303, "another issuer's subject of the same name"
        visitor = Visitor(running)
        address = leave(visitor, other)
        # The attacker's provider is asked, and answers in the name of the first, or sends what it got to the first one's address.
        mixed = second.comes_back(address)
        assert come_back(visitor, mixed).status == 403
        visitor = Visitor(running)
        back = second.comes_back(leave(visitor, second)).replace("/elsewhere/second/", "/elsewhere/example/")
        assert come_back(visitor, back).status == 403
        assert sign_in(Visitor(running), other).status == 403, "the same subject there is nobody here"
        assert sign_in(Visitor(running), second).status == 303


def test_nobody_is_known_by_a_mail_address_or_becomes_somebody(
    running: RunningExchange, platform: FakePartner, other: Simulator
) -> None:
    person = entered(running, platform, MemberRole.ADMINISTRATOR)
    with running.exchange.database.write() as connection:
        sign_ins.save_sign_in(connection, SignIn(person.person_id, "admin@example.org"))
    other.claims = {"email": "admin@example.org", "email_verified": True, "preferred_username": "admin@example.org"}
    assert fails(running, other) == "unbound"
    other.subject = "admin@example.org"
    assert fails(running, other) == "unbound"


def test_nobody_known_somebody_gone_and_a_suspended_organisation_are_answered_alike(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, other: Simulator
) -> None:
    told = []
    for number, partner in enumerate((platform, platform, hotline)):
        other.subject = f"subject-{number}"
        add(entered(running, partner, MemberRole.ANALYST), other)
    with running.exchange.database.read() as connection:
        gone = openid.account_of(connection, other.issuer, "subject-1")
    assert gone is not None
    administrator = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    assert administrator.post(f"persons/{gone.person_id}/departure").status == 200
    assert running.operator.patch(f"partners/{hotline.partner_id}", {"state": "suspended"}).status == 200
    for subject in ("nobody", "subject-1", "subject-2"):
        other.subject = subject
        page = sign_in(Visitor(running), other)
        told.append((page.status, page.words, sorted(page.headers.keys())))
    assert told[0] == told[1] == told[2]
    assert told[0][0] == 403
    assert set(faults(running)) == {"unbound"}
    other.subject = "subject-0"
    assert sign_in(Visitor(running), other).status == 303


def test_an_account_is_one_persons(running: RunningExchange, platform: FakePartner, analyst: Visitor, other: Simulator) -> None:
    second = entered(running, platform, MemberRole.ADMINISTRATOR)
    answer = add(second, other)
    assert answer.status == 409
    assert "one person" in answer.words
    assert "subject-1" not in second.get("/account").text
    assert add(analyst, other).status == 409


def test_an_account_is_added_in_the_session_that_wanted_it_alone(
    running: RunningExchange, platform: FakePartner, other: Simulator
) -> None:
    attacker, victim = (entered(running, platform, MemberRole.ANALYST) for _ in range(2))
    attacker.get("/account")
    back = other.comes_back(address_of(attacker.post("/account/elsewhere", {"provider": "example"})))
    kept = attacker.client.get_cookie(AWAY)
    assert kept is not None
    victim.client.set_cookie(AWAY, kept.value)
    answer = come_back(victim, back)
    assert answer.status == 403
    assert "was not added" in answer.words
    stranger = Visitor(running)
    back = other.comes_back(address_of(attacker.post("/account/elsewhere", {"provider": "example"})))
    kept = attacker.client.get_cookie(AWAY)
    assert kept is not None
    stranger.client.set_cookie(AWAY, kept.value)
    answer = come_back(stranger, back)
    assert (answer.status, answer.headers["Location"][:15]) == (303, "/portal/sign-in"), "nobody is signed in there"
    with running.exchange.database.read() as connection:
        assert openid.account_of(connection, other.issuer, "subject-1") is None


def test_adding_and_removing_ask_who_it_is_first(running: RunningExchange, analyst: Visitor) -> None:
    running.clock.shift += STEP_UP_HOLDS + timedelta(seconds=1)
    for path in ("/account/elsewhere", "/account/elsewhere/removal"):
        analyst.get("/account")
        answer = analyst.post(path)
        assert (answer.status, "Show that it is you" in answer.words) == (403, True), path


def test_an_account_that_was_removed_opens_nothing_and_its_sessions_end(
    running: RunningExchange, analyst: Visitor, other: Simulator
) -> None:
    elsewhere = Visitor(running)
    sign_in(elsewhere, other)
    account_id = analyst.get("/account").text.partition('name="account_id" value="')[2].partition('"')[0]
    stranger = entered(running, None, StaffRole.OPERATOR)
    stranger.get("/account")
    assert stranger.post("/account/elsewhere/removal", {"account_id": account_id}).status == 404
    analyst.get("/account")
    assert analyst.post("/account/elsewhere/removal", {"account_id": account_id}).status == 303
    assert elsewhere.get("/account").status == 303
    assert "subject-1" not in analyst.get("/account").text
    assert fails(running, other) == "unbound"


def test_a_passkey_or_password_stays_whatever_accounts_there_are(
    running: RunningExchange, platform: FakePartner, other: Simulator
) -> None:
    administrator = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    somebody = invited(running, administrator, MemberRole.ANALYST, "analyst.both")
    assert add(somebody, other).status == 303
    account_id = somebody.get("/account").text.partition('name="account_id" value="')[2].partition('"')[0]
    assert somebody.post("/account/elsewhere/removal", {"account_id": account_id}).status == 303
    somebody.get("/account")
    somebody.post("/sign-out")
    assert somebody.sign_in().status == 303


def test_whoever_sets_up_anew_how_they_sign_in_has_no_account_any_more(
    running: RunningExchange, platform: FakePartner, other: Simulator
) -> None:
    administrator = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    link = invitation(administrator, MemberRole.ANALYST)
    somebody = Visitor(running)
    somebody.accept(link, "analyst.anew")
    assert add(somebody, other).status == 303
    thief = Visitor(running)
    assert sign_in(thief, other).status == 303
    recover(running, platform, somebody)
    assert thief.get("/account").status == 303
    assert fails(running, other) == "unbound"


def recover(running: RunningExchange, platform: FakePartner, somebody: Visitor) -> None:
    """Let two administrators recover somebody, who then sets a password up anew."""
    with running.exchange.database.read() as connection:
        known = sign_ins.sign_in_by_login(connection, somebody.login)
    assert known is not None
    first, second = (entered(running, platform, MemberRole.ADMINISTRATOR, name=f"Synthetic {one}") for one in ("first", "second"))
    first.get("/recoveries/new")
    said = {"person_id": known.person_id, "reason": "A lost phone.", "recognised": "In person.", "partner_id": ""}
    path = first.post("/recoveries", said).headers["Location"].partition("/portal")[2]
    running.clock.shift += timedelta(seconds=1)
    second.get(path)
    agreed = second.post(f"{path}/agreement")
    assert agreed.status == 200, agreed.words
    link = re.search(r"http[^\s\"<]*/portal/invitations/[A-Za-z0-9_-]+", agreed.text)
    assert link is not None
    assert Visitor(running).accept(link[0], somebody.login, "another horse battery staple").status == 303


def test_a_provider_speaks_for_its_own_people_alone(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, other: Simulator
) -> None:
    member, stranger = entered(running, platform, MemberRole.ANALYST), entered(running, hotline, MemberRole.ANALYST)
    assert add(stranger, other).status == 303
    other.subject = "subject-2"
    offer(running, other, serves=platform.partner_id)
    assert "Add my account" not in stranger.get("/account").text
    assert "Opens nothing at present" in stranger.get("/account").words
    assert stranger.post("/account/elsewhere", {"provider": "example"}).status == 403
    assert add(member, other).status == 303
    assert sign_in(Visitor(running), other).status == 303
    other.subject = "subject-1"
    assert fails(running, other) == "not-for-them"
    offer(running, other, serves="exchange")
    assert fails(running, other) == "not-for-them"
    operator = entered(running, None, StaffRole.OPERATOR)
    other.subject = "subject-3"
    assert add(operator, other).status == 303
    assert sign_in(Visitor(running), other).status == 303


def test_failures_count_for_the_address_and_strangers_links_do_not(
    running: RunningExchange, analyst: Visitor, other: Simulator
) -> None:
    address = {"REMOTE_ADDR": "192.0.2.66"}
    victim = Visitor(running)
    victim.client.environ_base.update(address)
    for _ in range(60):
        victim.send(
            "/sign-in/elsewhere/example/answer", {"state": "A" * 43, "code": "x", "iss": "", "error": "", "forgery_word": ""}
        )
    assert sign_in(victim, other).status == 303, "somebody's page sent them here, and nothing was theirs"
    other.subject = "nobody"
    guessing = Visitor(running)
    guessing.client.environ_base.update(address)
    for _ in range(50):
        assert sign_in(guessing, other).status == 403
    other.subject = "subject-1"
    guessing.get("/sign-in")
    assert guessing.post("/sign-in/elsewhere/example", {"back": ""}).status == 403
    running.clock.shift += timedelta(minutes=16)
    other.clock_ahead = running.clock.shift.total_seconds()
    assert sign_in(guessing, other).status == 303
    assert analyst.login == ""


@pytest.mark.parametrize("back", ["//attacker.example.org/", "https://attacker.example.org/", "\\\\attacker", "x" * 3_000])
def test_nobody_is_led_anywhere_else(running: RunningExchange, analyst: Visitor, other: Simulator, back: str) -> None:
    answer = sign_in(Visitor(running), other, back)
    assert (answer.status, answer.headers["Location"]) == (303, "/portal/")
    assert analyst.login == ""


def test_a_provider_that_is_not_there_is_not_there(running: RunningExchange, other: Simulator) -> None:
    visitor = Visitor(running)
    visitor.get("/sign-in")
    assert visitor.post("/sign-in/elsewhere/nothing", {"back": ""}).status == 404
    assert other.asked == []


def test_nothing_of_it_is_offered_where_nothing_is_set(running: RunningExchange, platform: FakePartner) -> None:
    visitor = entered(running, platform, MemberRole.ANALYST)
    assert "elsewhere" not in Visitor(running).get("/sign-in").text
    assert "Accounts elsewhere" not in visitor.get("/account").text


def test_no_secret_and_no_token_is_kept_or_logged(
    running: RunningExchange, analyst: Visitor, other: Simulator, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    visitor = Visitor(running)
    address = leave(visitor, other)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    kept = visitor.client.get_cookie(AWAY)
    assert kept is not None
    back = other.comes_back(address)
    code = parse_qs(urlsplit(back).query)["code"][0]
    other.claims = {"nonce": "another"}
    assert come_back(visitor, back).status == 403
    captured = "".join(capfd.readouterr())
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("furnished.db*"))
    for secret in (SECRET, asked["state"], asked["nonce"], kept.value, code, other.given[-1]):
        assert secret not in captured
        assert secret.encode() not in stored
    assert analyst.login == ""
    assert AUTHORIZE not in captured
