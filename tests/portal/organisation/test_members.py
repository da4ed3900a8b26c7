from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest

from app.domain.partner import Person
from app.domain.vocabulary import MemberRole, StaffRole
from app.storage import members
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.page_passages import leads
from tests.factories.portal_visitors import Visitor, entered

MEMBERS = "/organisation/members"


@pytest.fixture
def administrator(running: RunningExchange, platform: FakePartner) -> Visitor:
    return entered(running, platform, MemberRole.ADMINISTRATOR, name="Synthetic keeper")


def add(administrator: Visitor, name: str = "Synthetic newcomer", roles: tuple[str, ...] = ("analyst",)) -> str:
    administrator.get(f"{MEMBERS}/new")
    made = administrator.post(f"{MEMBERS}/new", {"name": name, "roles": list(roles), "once": None})
    assert made.status == 303, made.words
    return made.headers["Location"].removeprefix("/portal")


def test_an_administrator_adds_a_member_and_gives_them_a_link_that_serves_once(
    running: RunningExchange, administrator: Visitor
) -> None:
    path = add(administrator)
    shown = administrator.get(path).words
    assert "Not invited yet" in shown
    assert "submit and withdraw objects" in shown
    invited = administrator.post(f"{path}/invitation")
    link = re.search(r"<code class=\"link\">([^<]*)</code>", invited.text)
    assert invited.status == 200
    assert link is not None
    assert "/invitations/" not in administrator.get(path).text, "a reload of the page shows none"
    assert "Invited until" in administrator.page.words
    newcomer = Visitor(running)
    assert newcomer.accept(link[1], "newcomer.a").status == 303
    assert "Set up" in administrator.get(path).words
    assert administrator.post(f"{path}/invitation").status == 422
    assert "two administrators" in administrator.page.words


@pytest.mark.parametrize("given", [("departure", {}), ("roles", {"roles": ["analyst"]})])
def test_who_was_let_go_or_is_administrator_no_more_does_not_come_back_by_a_link_that_they_kept(
    running: RunningExchange, platform: FakePartner, administrator: Visitor, given: tuple[str, dict[str, list[str]]]
) -> None:
    leaving = entered(running, platform, MemberRole.ADMINISTRATOR)
    links = []
    for keeper in (leaving, administrator):
        path = add(keeper, roles=("administrator",))
        keeper.get(path)
        links += re.findall(r"<code class=\"link\">([^<]*)</code>", keeper.post(f"{path}/invitation").text)
    path = f"{MEMBERS}/{leaving.person_id}"
    shown = administrator.get(path).words
    foreseen = "1 invitation that they made and nobody has used ends"
    assert shown.count(foreseen) == 2, "where a role is taken, and where somebody leaves"
    assert "no invitation and no token" not in shown
    form, fields = given
    assert administrator.post(f"{path}/{form}", fields).status == 303
    theirs, another = links
    refused = Visitor(running).get(theirs.partition("/portal")[2])
    assert refused.status == 404
    assert "was never here, is here no more, or is not shared with you" in refused.words
    assert Visitor(running).accept(another, "newcomer.b").status == 303


def test_a_form_that_is_sent_twice_adds_one(administrator: Visitor) -> None:
    administrator.get(f"{MEMBERS}/new")
    form = administrator.page
    given = {"name": "Synthetic double", "roles": ["read-only"], "once": None}
    first = administrator.post(f"{MEMBERS}/new", given).headers["Location"]
    administrator.page = form
    assert administrator.post(f"{MEMBERS}/new", given).headers["Location"] == first
    administrator.page = form
    assert administrator.post(f"{MEMBERS}/new", given | {"name": "Somebody else"}).status == 422
    assert administrator.get(MEMBERS).text.count("Synthetic double") == 1


@pytest.mark.parametrize(
    ("name", "roles", "fault"),
    [("", ["analyst"], "A name has"), (" x", [], "A name has"), ("x" * 101, [], "A name has"), ("x", ["king"], "Choose among")],
)
def test_what_is_no_member_is_shown_again_with_what_was_typed(
    administrator: Visitor, name: str, roles: list[str], fault: str
) -> None:
    administrator.get(f"{MEMBERS}/new")
    refused = administrator.post(f"{MEMBERS}/new", {"name": name, "roles": roles, "once": None})
    assert refused.status == 422
    assert fault in refused.words
    assert f'value="{name}"' in refused.text


def test_what_is_taken_away_counts_at_once(running: RunningExchange, platform: FakePartner, administrator: Visitor) -> None:
    member = entered(running, platform, MemberRole.DATA_PROTECTION)
    assert member.get(MEMBERS).status == 200
    path = f"{MEMBERS}/{member.person_id}"
    administrator.get(path)
    assert administrator.post(f"{path}/roles", {"roles": ["analyst"]}).status == 303
    assert "submit and withdraw objects" in administrator.get(path).words
    assert member.get(MEMBERS).status == 403
    assert administrator.post(f"{path}/roles", {"roles": []}).status == 303
    assert "No role: may do nothing" in administrator.get(MEMBERS).words
    assert member.get(MEMBERS).status == 403


def test_the_last_administrator_stays(administrator: Visitor) -> None:
    path = f"{MEMBERS}/{administrator.person_id}"
    for form, given in (("roles", {"roles": ["analyst"]}), ("departure", {})):
        administrator.get(path)
        refused = administrator.post(f"{path}/{form}", given)
        assert refused.status == 422
        assert "appoint another one first" in refused.words


def test_who_leaves_is_signed_out_and_stays_on_record(
    running: RunningExchange, platform: FakePartner, administrator: Visitor
) -> None:
    member = entered(running, platform, MemberRole.ANALYST)
    path = f"{MEMBERS}/{member.person_id}"
    assert "1 session or token of theirs ends at once" in administrator.get(path).words
    assert "0 exports read as one of their tokens" in administrator.page.words
    assert "administrator is in office" not in administrator.page.words, "a member that is none"
    assert "1 administrator is in office now" in administrator.get(f"{MEMBERS}/{administrator.person_id}").words
    administrator.get(path)
    assert administrator.post(f"{path}/departure").status == 303
    assert member.get("/").headers["Location"].startswith("/portal/sign-in")
    assert "1 member who left" in administrator.get(MEMBERS).words
    assert "Record that" not in administrator.get(path).words
    assert administrator.post(f"{path}/roles", {"roles": ["analyst"]}).status == 422


def test_a_lost_device_is_signed_out_and_its_person_stays(
    running: RunningExchange, platform: FakePartner, administrator: Visitor
) -> None:
    member = entered(running, platform, MemberRole.ANALYST)
    path = f"{MEMBERS}/{member.person_id}"
    assert "Signed in to the portal" in administrator.get(path).words
    assert administrator.post(f"{path}/credentials/end").status == 303
    assert member.get("/").status == 303
    assert "Signed in to the portal" not in administrator.get(path).words


def test_another_organisations_people_are_not_there(
    running: RunningExchange, hotline: FakePartner, administrator: Visitor
) -> None:
    other = entered(running, hotline, MemberRole.ADMINISTRATOR)
    path = f"{MEMBERS}/{other.person_id}"
    assert administrator.get(path).status == 404
    for form in ("roles", "invitation", "credentials/end", "departure"):
        administrator.get(MEMBERS)
        assert administrator.post(f"{path}/{form}").status == 404
    assert other.person_id not in administrator.get(MEMBERS).text
    assert other.get("/organisation").status == 200


def test_members_are_changed_after_a_step_up_alone(running: RunningExchange, administrator: Visitor) -> None:
    path = add(administrator)
    running.clock.shift += timedelta(minutes=6)
    for form in ("roles", "invitation", "credentials/end", "departure"):
        administrator.get(path)
        answer = administrator.post(f"{path}/{form}")
        assert answer.asks_again, form
    assert administrator.get(f"{MEMBERS}/new").headers["Location"].startswith("/portal/show-again")


def newcomers(running: RunningExchange, platform: FakePartner, number: int, *, gone: bool = False) -> list[str]:
    people = [
        Person(
            str(uuid.uuid4()),
            f"{'Gone' if gone else 'Newcomer'} {place:03}",
            platform.partner_id,
            added_at=running.clock() + timedelta(seconds=place),
            left_at=running.clock() if gone else None,
        )
        for place in range(number)
    ]
    with running.exchange.database.write() as connection:
        for one in people:
            members.add_person(connection, one)
    return [one.name for one in people]


def test_many_members_stand_on_pages_that_lead_on_and_back(
    running: RunningExchange, platform: FakePartner, administrator: Visitor
) -> None:
    shown_one_by_one = lambda: re.findall(r"(?:Newcomer|Gone) \d{3}", administrator.page.words)  # noqa: E731  # said three times
    here, gone = newcomers(running, platform, 60), newcomers(running, platform, 70, gone=True)
    first = administrator.get(MEMBERS)
    assert "1 to 50 of 61" in first.words
    assert "70 members who left" in first.words
    assert shown_one_by_one() == [*here[:49], *gone[:50]]
    onward = dict(leads(first, "More members"))
    assert set(onward) == {"next"}
    second = administrator.get(onward["next"])
    assert "51 to 61 of 61" in second.words
    assert shown_one_by_one() == [*here[49:], *gone[:50]]
    further = dict(leads(second, "More members who left"))
    third = administrator.get(further["next"])
    assert "51 to 61 of 61" in third.words, "each list stays where it is while the other goes on"
    assert "51 to 70 of 70" in third.words
    assert "<details open>" in third.text
    assert shown_one_by_one() == [*here[49:], *gone[50:]]
    administrator.get(dict(leads(third, "More members who left"))["prev"])
    administrator.get(dict(leads(administrator.page, "More members"))["prev"])
    assert administrator.page.words == first.words


def test_a_list_that_fits_says_how_many_there_are_and_leads_nowhere(administrator: Visitor) -> None:
    shown = administrator.get(MEMBERS)
    assert "1 in all" in shown.words
    assert leads(shown, "More members") == []


@pytest.mark.parametrize("name", ["next", "gone"])
def test_an_address_that_no_list_gave_is_refused_politely(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, administrator: Visitor, name: str
) -> None:
    newcomers(running, platform, 60)
    cursor = dict(leads(administrator.get(MEMBERS), "More members"))["next"].partition("next=")[2]
    assert administrator.get(f"{MEMBERS}?{name}=%00").status == 400
    for broken in ("x", "A" * 9000, cursor[:-1], f"{cursor}A"):
        assert administrator.get(f"{MEMBERS}?{name}={broken}").status == 400, broken
        assert "Open the list from its beginning" in administrator.page.words
    other = entered(running, hotline, MemberRole.ADMINISTRATOR)
    assert other.get(f"{MEMBERS}?next={cursor}").status == 400, "a place in another organisation's list"


@pytest.mark.parametrize("role", [MemberRole.ANALYST, MemberRole.REVIEWER, MemberRole.READ_ONLY])
def test_who_does_not_keep_members_sees_none(running: RunningExchange, platform: FakePartner, role: MemberRole) -> None:
    visitor = entered(running, platform, role)
    assert "Members" not in visitor.get("/organisation").words
    assert visitor.get(MEMBERS).status == 403


def test_data_protection_looks_and_changes_nothing(
    running: RunningExchange, platform: FakePartner, administrator: Visitor
) -> None:
    path = add(administrator)
    visitor = entered(running, platform, MemberRole.DATA_PROTECTION)
    assert "Add a member" not in visitor.get(MEMBERS).words
    assert "Save the roles" not in visitor.get(path).words
    for form in ("roles", "invitation", "credentials/end", "departure"):
        assert visitor.post(f"{path}/{form}").status == 403


def test_people_of_the_exchange_have_no_organisation(running: RunningExchange) -> None:
    operator = entered(running, None, StaffRole.OPERATOR)
    assert operator.get("/organisation").status == 404
    assert operator.get(MEMBERS).status == 404
    assert "Organisation" not in operator.get("/").text.partition("<nav")[2].partition("</nav>")[0]
