"""The first half of the demo: who submits what, who sees what, and why the others do not.

Owns the telling. What is told was read over HTTP; where the operator's explanation and the reader's own pull disagree, the demo
fails. Kept by ``tests/cli/test_demo_sharing.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.cli import demo_objects
from app.cli.demo_world import Party, World
from app.cli.faults import CommandFault
from app.cli.output import heading, say, table
from app.domain.vocabulary import ANY, Role
from app.policy import clauses
from app.policy.visibility import Hidden
from breakwater_client.verifying.verify_objects import named_signer

LEAST_EMBARGO, LONGEST_EMBARGO = timedelta(seconds=4), timedelta(seconds=30)
_TABLE_TAKES = 6
"""So many times as long as publishing it takes at most to ask for the table, in which the embargo has not ended."""
_PATIENCE_SECONDS = 20.0
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Shared:
    """What was published: STIX ids by a short name, in the order of the table, and the answer to the account's submission."""

    titles: Mapping[str, str]
    ids: Mapping[str, str]
    account_answer: Mapping[str, Any]
    released_at: datetime


def publish(world: World) -> Shared:
    """Let the hotline and the platforms submit."""
    heading("1. Who submits what")
    begun = time.monotonic()
    hotline, platform_a, platform_b = (world.parties[name] for name in ("hotline-a", "platform-a", "platform-b"))
    lure = demo_objects.indicator(
        platform_a.author.marked(demo_objects.TLP_GREEN), "Short-lived live rooms behind one host", "rooms.example.org"
    )
    pattern = demo_objects.behaviour(platform_b.author, "Repeated short-lived live rooms")
    to_platforms = _marking(hotline, roles=[Role.PLATFORM.value], jurisdictions=[ANY])
    invites = demo_objects.indicator(
        hotline.author.marked(to_platforms["id"]), "Invite links passed on by one host", "invite.example.org"
    )
    to_police_and_b = _marking(
        hotline, roles=[Role.LAW_ENFORCEMENT.value], jurisdictions=[ANY], partners_in=[str(platform_b.record["id"])]
    )
    account = demo_objects.reported_account(hotline.author.marked(to_police_and_b["id"]), f"acct-555-0142-{time.time_ns()}")
    draft = demo_objects.indicator(hotline.author, "Not addressed to anybody yet", "draft.example.org")
    platform_b.publish(pattern)
    hotline.publish(to_platforms, invites, draft)
    account_answer = hotline.publish(to_police_and_b, account)
    released_at = datetime.now(UTC) + embargo_of(time.monotonic() - begun)
    embargo = demo_objects.handling_marking(platform_a.author, _everybody(platform_a), release_at=released_at)
    later = demo_objects.indicator(platform_a.author.marked(embargo["id"]), "Under embargo for some seconds", "later.example.org")
    platform_a.publish(lure, embargo, later)
    rows = (
        ("rooms", lure, platform_a, "TLP:GREEN; no audience named, so its agreement's default: every member"),
        ("pattern", pattern, platform_b, "an aggregate: no person, no account; every member"),
        ("invites", invites, hotline, "a marking of its own: platforms, any country"),
        ("account", account, hotline, "identifying; a marking: law enforcement, and platform-b by name"),
        ("draft", draft, hotline, "no marking, and the hotline's agreement has no default audience: nobody"),
        ("later", later, platform_a, f"a marking: every member, but not before {released_at:%H:%M:%S} UTC"),
    )
    table(
        "",
        ("object", "publisher", "type", "whom the publisher wants to reach"),
        ((a, c.name, b["type"], d) for a, b, c, d in rows),
    )
    say("Each object carries its publisher's signature (Ed25519 over RFC 8785 canonical JSON), and stays as it was signed.")
    titles = {short: value.get("name", "reported account") for short, value, _, _ in rows}
    return Shared(titles, {short: value["id"] for short, value, _, _ in rows}, account_answer, released_at)


def embargo_of(publishing_seconds: float) -> timedelta:
    """Give how long an embargo lasts that has not ended when everybody was asked, on a machine that publishes so quickly."""
    return min(max(LEAST_EMBARGO, timedelta(seconds=_TABLE_TAKES * publishing_seconds)), LONGEST_EMBARGO)


def _marking(publisher: Party, **lists: list[str]) -> dict[str, Any]:
    audience_id = publisher.register_audience(**lists)
    return demo_objects.handling_marking(publisher.author, audience_id)


def _everybody(publisher: Party) -> str:
    return publisher.register_audience(roles=[ANY], jurisdictions=[ANY])


def tell_who_sees_what(world: World, shared: Shared) -> None:
    """Pull as every partner, draw the table, and say why not where something is missing."""
    heading("2. Who sees what, and why not")
    reasons: dict[str, str] = {}
    rows = [(party.name, *_row(world, shared, party, reasons)) for party in world.parties.values()]
    table("", ("partner", *shared.ids), rows)
    say("reads: the partner was just given it, over HTTP, with its own token and for the purpose fixed on it. Why not, for the")
    say("operator's eyes (a reader is only ever told 404, the same as for an id that nobody has):")
    for reason, letter in reasons.items():
        say(f"  {letter}  {reason}")


def _row(world: World, shared: Shared, reader: Party, reasons: dict[str, str]) -> list[str]:
    row = []
    for short, stix_id in shared.ids.items():
        found, hidden = reader.look_up(stix_id), world.why_hidden(stix_id, reader)
        if isinstance(found, CommandFault) is (hidden is None):
            raise CommandFault(f"{reader.name} and the explanation of {short} disagree.", code="demo")
        if isinstance(found, CommandFault):
            row.append(reasons.setdefault(_spoken(hidden), _LETTERS[len(reasons)]))
        else:
            row.append("own" if named_signer(found) == reader.signing.signer else "reads")
    return row


def _spoken(hidden: Hidden | str | None) -> str:
    """Give voice, clause, and the clause's own sentence: the one that stands in the policy's code."""
    if hidden is None or isinstance(hidden, str):
        return "the publisher's embargo has not ended"
    rule = getattr(clauses, hidden.clause.replace("-", "_"))
    return f"{hidden.voice}: {hidden.clause}. {rule.__doc__.splitlines()[0]}"


def tell_release(world: World, shared: Shared) -> None:
    """Wait for the end of the embargo, which a task of the work ledger brings about."""
    heading("6. The embargo ends")
    agency = world.parties["agency-a"]
    left = (shared.released_at - datetime.now(UTC)).total_seconds()
    wait_until(lambda: shared.ids["later"] in agency.pull(), "the release of the embargoed object", max(left, 0))
    say(f'agency-a now reads "{shared.titles["later"]}"; it got its place in everybody\'s feed at the release, not before.')


def wait_until(holds: Callable[[], bool], what: str, not_before_seconds: float = 0) -> None:
    """Wait until something holds, which it does not before so many seconds.

    Raises:
        CommandFault: it does not within 20 seconds from then.
    """
    deadline = time.monotonic() + not_before_seconds + _PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise CommandFault(f"Waited in vain for {what}.", code="no-progress")
        time.sleep(0.2)
