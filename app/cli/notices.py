"""``recall …``: the notices addressed to you, and answering them. Kept by ``tests/cli/test_notices.py``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.cli.connection import connected
from app.cli.durable_files import EXISTING_FILE
from app.cli.faults import CommandFault, ExitCode, json_option
from app.cli.moments import MOMENT_OR_DAY
from app.cli.output import say, show, table
from app.domain.errors import MalformedInputError
from app.domain.object_vocabulary import ContestOutcome, HeldBasis, RecallKind, RecallOutcome
from app.domain.recall import outcome_words
from app.domain.vocabulary import OverdueRecall

if TYPE_CHECKING:
    from app.cli.api import Api
    from breakwater_client.talking.notices import Done

_OUTCOMES = sorted({*map(str, RecallOutcome), *map(str, ContestOutcome)})


@click.group()
def recall() -> None:
    """Notices of recalls and contests: what others called back that you were given, and your answers."""


@recall.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that are answered as well.")
@click.option("--partner", "partner_id", help="Operators and auditors: those addressed to this partner (id) alone.")
@connected
@json_option
def list_notices(everything: bool, partner_id: str | None, api: Api) -> None:  # noqa: FBT001  # click gives it by name
    """List the notices that you still have to answer, and by when; staff see everybody's."""
    rows = notices(api, only_open=not everything, partner_id=partner_id)
    show({"notices": rows}, lambda: _tell(rows))


@recall.command()
@click.argument("notice_ids", nargs=-1, metavar="[NOTICE]...")
@click.option("--all", "everything", is_flag=True, help="Answer every notice that is open, instead of naming them.")
@click.option("--outcome", required=True, type=click.Choice(_OUTCOMES), help="What you did.")
@click.option("--object", "stix_ids", multiple=True, help="Answer for versions of this object (id) alone; may be repeated.")
@click.option("--basis", type=click.Choice([*map(str, HeldBasis)]), help="Of what is held: on which basis.")
@click.option("--until", type=MOMENT_OR_DAY, help="Of what is held: until when, such as 2027-01-31 (its start, UTC).")
@click.option("--key", "key_file", required=True, type=EXISTING_FILE, help="Your private key's file, for the signature.")
@connected
@json_option
def acknowledge(notice_ids: Sequence[str], everything: bool, key_file: Path, api: Api, **said: Any) -> None:  # noqa: FBT001  # as above
    """Answer each NOTICE, signed with your key: what you did with what it calls back. Answer again when that changes."""
    if bool(notice_ids) == everything:
        raise CommandFault("Name the notices that you answer, or say --all.", ExitCode.USAGE)
    known = {one["id"]: one for one in notices(api, only_open=everything)}
    missing = [one for one in notice_ids if one not in known]
    if missing:
        raise CommandFault("No such notice is addressed to you: see `breakwater recall list --all`.", ExitCode.REFUSED)
    private_pem = key_file.read_bytes()
    chosen = [known[one] for one in notice_ids] if notice_ids else list(known.values())
    answered = [answer_notice(api, one, private_pem, said) for one in chosen]
    show({"notices": answered}, lambda: _tell(answered))


@recall.command()
@click.argument("notice_id", metavar="NOTICE")
@click.option("--partner", "partner_id", required=True, help="The partner (id) that told you; it is suspended or has ended.")
@click.option("--outcome", required=True, type=click.Choice(_OUTCOMES), help="What it did.")
@click.option("--basis", type=click.Choice([*map(str, HeldBasis)]), help="Of what it holds: on which basis.")
@click.option("--until", type=MOMENT_OR_DAY, help="Of what it holds: until when.")
@connected
@json_option
def enter(notice_id: str, partner_id: str, api: Api, **said: Any) -> None:
    """Enter the answer of a partner that is shut out, to all that NOTICE calls back from it. Operators only."""
    from app.cli.api import segment
    from breakwater_client.talking.notices import outcome_lines

    known = [one for one in notices(api, only_open=False, partner_id=partner_id) if one["id"] == notice_id]
    if not known:
        raise CommandFault("No such notice is addressed to this partner.", ExitCode.REFUSED)
    path = f"/notices/{segment(notice_id)}/partners/{segment(partner_id)}/answer"
    entered = api.post(path, {"outcomes": outcome_lines(known[0]["versions"], _done(known[0], said))})
    show(entered, lambda: _tell([entered]))


def notices(api: Api, *, only_open: bool, partner_id: str | None = None) -> list[dict[str, Any]]:
    """Give the notices addressed to the caller, oldest first."""
    from breakwater_client.talking.notices import notices as ask

    return list(ask(api, only_open=only_open, partner_id=partner_id))


def answer_notice(api: Api, notice: dict[str, Any], private_pem: bytes, said: dict[str, Any]) -> dict[str, Any]:
    """Answer a notice, as the exchange gives it, signed with a key; ``said``: ``outcome``, ``stix_ids``, ``basis``, ``until``."""
    from breakwater_client.signing.make_keys import read_private_key
    from breakwater_client.talking.notices import answer_notice as answer

    return answer(api, notice, _done(notice, said), read_private_key(private_pem))


def _done(notice: dict[str, Any], said: dict[str, Any]) -> Done:
    from breakwater_client.talking.notices import Done

    words, basis = outcome_words(RecallKind(notice["kind"])), said["basis"]
    if said["outcome"] not in {word.value for word in words}:
        raise MalformedInputError(f"An outcome is one of: {', '.join(words)}.", pointer="/outcomes/0/outcome")
    return Done(words(said["outcome"]), HeldBasis(basis) if basis else None, said["until"], tuple(said.get("stix_ids", ())))


def _tell(rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        say("There is nothing to answer.")
        return
    columns = ("notice", "partner", "kind", "why", "act", "answer by", "else", "versions", "answered")
    table(
        "",
        columns,
        (
            (
                row["id"],
                row["partner_id"],
                row["kind"],
                row["reason"],
                row["act"],
                f"{row['due_at']} LATE" if row["is_late"] else row["due_at"],
                "you read nothing of others now" if _is_shut_out(row) else row["if_overdue"],
                [f"{one['stix_id']} {one['version']}: {one['outcome'] or 'open'}" for one in row["versions"]],
                row["answered_at"] or "not yet",
            )
            for row in rows
        ),
    )


def _is_shut_out(row: dict[str, Any]) -> bool:
    lost: bool = row["is_late"] and row["if_overdue"] == OverdueRecall.LOSE_ACCESS
    return lost
