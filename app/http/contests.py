"""``/contests``: somebody is listed wrongly, and everybody who was told looks again. Kept by ``tests/http/test_contests.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.contest_payloads import ContestPayload, ContestQuery, ContestsPayload, NewContestPayload
from app.http.idempotency import use_of_key
from app.services.recalling.contest import ContestRecord, enter_contest, get_contest, list_contests
from app.web.context import exchange, principal

blueprint = ApiBlueprint("contests", "Contests of wrong listings; entered by hotlines and operators, told to whoever has it.")


@blueprint.post("/contests", Permission.CONTESTS_ENTER, also=(429,))
@blueprint.body(NewContestPayload)
@blueprint.answers(HTTPStatus.CREATED, ContestPayload)
def enter(given: dict[str, Any]) -> tuple[ContestRecord, int, dict[str, str]]:
    """Contest what stands under an id, whoever published it; the answer is the same whether or not anything does."""
    record = enter_contest(exchange(), principal(), given["object_id"], given["reason"], use_of_key())
    return record, HTTPStatus.CREATED, {"Location": f"{PREFIX}/contests/{record.contest.contest_id}"}


@blueprint.get("/contests", Permission.CONTESTS_ENTER, Permission.CONTESTS_READ, also=(404,))
@blueprint.query(ContestQuery)
@blueprint.answers(HTTPStatus.OK, ContestsPayload)
def find_all(query: dict[str, Any]) -> dict[str, Any]:
    """List the contests that the caller entered, newest first; staff see everybody's."""
    found = list_contests(exchange(), principal(), query["next"], query["limit"] + 1)
    shown = found[: query["limit"]]
    return {"contests": shown, "next": shown[-1].contest.contest_id if shown else query["next"], "more": len(found) > len(shown)}


@blueprint.get("/contests/<contest_id>", Permission.CONTESTS_ENTER, Permission.CONTESTS_READ)
@blueprint.answers(HTTPStatus.OK, ContestPayload)
def find_one(contest_id: str) -> ContestRecord:
    """Give one contest, with what was done once it may be told."""
    return get_contest(exchange(), principal(), contest_id)
