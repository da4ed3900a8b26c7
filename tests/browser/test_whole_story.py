"""The whole story by people's hands: invited, signed in, submitted, read by a second person, seen, sighted, recalled, answered.

A hotline and a platform, each with a signer of its own (the real command, in a process of its own). What is pressed is found by
what is written on it, as a person finds it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.domain.vocabulary import Channel, MemberRole
from tests.factories.browsers import Desk, desk
from tests.factories.exchanges import Caller, FakePartner, Furnished, RunningExchange, agreement_document
from tests.factories.portal_visitors import invitation
from tests.factories.standing import came_long_ago

_ROOT = Path(__file__).parents[2]
_TITLE = "Short-lived rooms that ask for live video"
_LINKS = ("hxxps://rooms.example.org/short/17", "invite.example.net")


class Story:
    """The people of the story, and where pictures of it go."""

    def __init__(self, browser: Browser, url: str, stack: ExitStack, pictures: Path) -> None:
        """Begin with nobody."""
        self.browser, self.url, self._stack = browser, url, stack
        self._pictures = pictures

    def enter(self, administrator: Caller, role: MemberRole, login: str) -> Desk:
        """Let an administrator invite somebody, who makes a passkey on a device of their own."""
        somebody = self._stack.enter_context(desk(self.browser, self.url))
        somebody.add_authenticator()
        somebody.page.goto(invitation(administrator, role))
        if role is MemberRole.ANALYST:
            self.picture(somebody, "invitation")
        somebody.page.locator("#passkey-login").fill(login)
        somebody.choose("Make a passkey")
        expect(somebody.page).to_have_url(f"{self.url}/portal/")
        return somebody

    def picture(self, of: Desk, name: str) -> None:
        """Keep what somebody sees."""
        of.picture(self._pictures, f"story-{name}")


@pytest.fixture
def story(browser: Browser, url: str, pictures: Path) -> Iterator[Story]:
    with ExitStack() as stack:
        yield Story(browser, url, stack, pictures)


@pytest.fixture
def administrators(running: RunningExchange, hotline: FakePartner, platform: FakePartner) -> dict[str, Caller]:
    """Agreements that open the portal, and who keeps the people of either."""
    found = {}
    for name, partner in (("hotline", hotline), ("platform", platform)):
        read = {"channels": [Channel.REST, Channel.PORTAL]}
        document = agreement_document(partner.partner_id, partner.audience_id, read=read)
        running.agree(document | {"is_listed": True})
        found[name] = running.person(partner, running.operator, MemberRole.ADMINISTRATOR)
    return found


def sign_what_waits(partner: FakePartner, url: str, folder: Path) -> None:
    """Run the partner's signer once: ``breakwater signing-task sign`` with its key's file and its token."""
    key, token = folder / "key.pem", folder / "token"
    key.write_bytes(partner.key.to_pem())
    token.write_text(str(partner.token))
    for file in (key, token):
        file.chmod(0o600)
    command = [sys.executable, "-m", "app", "signing-task", "sign", "--key", str(key), "--signer", partner.identity_id]
    command += ["--url", url, "--token-file", str(token)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=_ROOT, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "1 handed in, 0 left alone." in done.stdout


def test_what_a_hotline_saw_reaches_a_platform_and_is_taken_back(
    story: Story, running: RunningExchange, administrators: dict[str, Caller], tmp_path: Path, furnished: Furnished
) -> None:
    platform, hotline = furnished.partners
    analyst = story.enter(administrators["hotline"], MemberRole.ANALYST, "analyst@hotline.example.org")
    say_what_was_seen(story, analyst)
    reader = story.enter(administrators["hotline"], MemberRole.REVIEWER, "reviewer@hotline.example.org")
    came_long_ago(running.exchange)  # whom a colleague let in today decides in three days
    read_it_and_agree(story, reader)
    sign_what_waits(hotline, story.url, tmp_path)

    other = story.enter(administrators["platform"], MemberRole.ANALYST, "analyst@platform.example.org")
    where = find_it_and_say_it_was_seen(story, other)
    sign_what_waits(platform, story.url, tmp_path)

    take_it_back(story, analyst, where)
    running.do_all_work()
    answer_the_recall(story, other)
    sign_what_waits(platform, story.url, tmp_path)
    analyst.open("/answer/taken-back")
    story.picture(analyst, "taken-back")


def say_what_was_seen(story: Story, analyst: Desk) -> None:
    """Fill in the form as it comes, and hand it to the second reader."""
    page = analyst.page
    analyst.choose("Submit")
    analyst.choose("Say what was seen")
    page.get_by_role("group", name="May a child be in danger now?").get_by_label("No", exact=False).first.check()
    page.get_by_label("Believed to be an adult's").check()
    analyst.choose("Go on")
    analyst.fill("In one line (needed)", _TITLE)
    analyst.fill("What happened", "Rooms open for a few minutes, announced by one invite link, and ask for live video.")
    page.get_by_label("Live-streamed child sexual abuse").check()
    page.get_by_label("Live stream", exact=False).first.check()
    analyst.fill("Look for a behaviour", "short-lived")
    page.get_by_label("Repeated short-lived rooms").check()
    analyst.fill("Paste further lines", "\n".join(_LINKS))
    analyst.choose("Add these lines")
    expect(page.get_by_role("row", name=re.compile(r"rooms\[\.\]example"))).to_be_visible()
    page.get_by_label("Fairly sure").check()
    page.get_by_label("Somebody is in contact with a child").check()
    analyst.choose("Show who will see this")
    expect(page.get_by_text("Platform", exact=False).first).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    story.picture(analyst, "draft")
    analyst.choose("Look at what will leave")
    story.picture(analyst, "what-will-leave")
    analyst.choose("To the second reader")
    expect(page.get_by_text("A second person of your organisation reads it now")).to_be_visible()


def read_it_and_agree(story: Story, reader: Desk) -> None:
    """Take it from the queue, read it, approve it."""
    reader.choose("Review")
    story.picture(reader, "queue")
    reader.choose("Take and read")
    expect(reader.page.get_by_text(_TITLE).first).to_be_visible()
    story.picture(reader, "second-reader")
    reader.choose("Approve")
    expect(reader.page.get_by_text("Approve", exact=True)).to_have_count(0)


def find_it_and_say_it_was_seen(story: Story, other: Desk) -> str:
    """Find it by words, look whether it is what it says, and say that it was seen three times. Gives its address."""
    page = other.page
    other.choose("Read for this")
    story.picture(other, "home")
    other.choose("Search")
    other.fill("Words", "short-lived")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name=f"{_TITLE} (domain)")).to_be_visible()
    story.picture(other, "search")
    page.get_by_role("link", name=f"{_TITLE} (domain)").click()
    page.wait_for_load_state()
    story.picture(other, "object")
    where = page.url.removeprefix(f"{story.url}/portal")
    other.open(f"{where}/feedback")
    other.fill("How often did you see it?", "3")
    other.choose("Say how often")
    expect(page.get_by_text("signature").first).to_be_visible()
    return where


def take_it_back(story: Story, analyst: Desk, where: str) -> None:
    """See that it was sighted, and recall it after all."""
    page = analyst.page
    analyst.open(where)
    analyst.choose("Read for this")  # nobody reads without saying for what; and is led back
    expect(page.get_by_text("Seen, and what came of it")).to_be_visible()
    story.picture(analyst, "own-object")
    analyst.open(f"{where}/recall")
    story.picture(analyst, "recall")
    page.get_by_label("Why?").select_option(index=1)
    page.get_by_role("radio").first.check()
    analyst.choose("Take it back")


def answer_the_recall(story: Story, other: Desk) -> None:
    """Be told at home, and say that every copy is deleted."""
    other.open("/")
    story.picture(other, "home-with-a-recall")
    other.open("/answer/recalls")
    other.page.get_by_role("link", name="It was taken back").click()
    other.page.get_by_role("radio").first.check()
    story.picture(other, "answer-a-recall")
    other.page.get_by_role("button", name="Answer").click()
    expect(other.page.get_by_text("signature").first).to_be_visible()
