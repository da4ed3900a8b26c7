"""The exchange as python-threatexchange's ``SignalExchangeAPI``: what is fetched, how it is matched by, what is reported.

One update is one object version, by its id; a newer version takes its place, and one that is revoked or called back goes.
Opinions of several publishers on one signal stay side by side, and are never merged here.

Annotations are evaluated here: tx reads the types of the settings from them.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from threatexchange.exchanges import auth
from threatexchange.exchanges.collab_config import CollaborationConfigWithDefaults
from threatexchange.exchanges.fetch_state import (
    FetchCheckpointBase,
    FetchDelta,
    FetchedSignalMetadata,
    SignalOpinion,
    SignalOpinionCategory,
)
from threatexchange.exchanges.signal_exchange_api import SignalExchangeAPI
from threatexchange.signal_type.signal_base import SignalType

from breakwater_threatexchange.client import Client, ExchangeError
from breakwater_threatexchange.signals import signals_of
from breakwater_threatexchange.signing import read_key, signed

NAME = "breakwater"
_TYPES = ("indicator", "file", "url", "perceptual-hash", "recall-notice", "marking-definition")
_AT_ONCE = 500
_TAKING_AWAY = frozenset({"stop-using", "delete"})
_CONTEXT = "extension-definition--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"
_HANDLING = "extension-definition--ee73e235-96c0-4994-96c4-7a9b220e2de0"
_DISPOSITION = "extension-definition--8b9fb074-a820-4f3e-9cf4-82b08f9bec3e"
_CATEGORIES = {
    "negative": SignalOpinionCategory.NEGATIVE_CLASS,
    "investigation-seed": SignalOpinionCategory.INVESTIGATION_SEED,
}
_DISPOSITIONS = {
    SignalOpinionCategory.NEGATIVE_CLASS: "false-positive",
    SignalOpinionCategory.INVESTIGATION_SEED: "inconclusive",
    SignalOpinionCategory.POSITIVE_CLASS: "confirmed",
}


@dataclass
class BreakwaterCollabConfig(CollaborationConfigWithDefaults):
    """Which exchange, for which purpose; ``key_file`` and ``identity`` sign what is reported."""

    url: str = field(default="", metadata={"help": "the address of the exchange, such as https://exchange.example.org"})
    purpose: str = field(default="detection", metadata={"help": "why you read, by your agreement"})
    key_file: str = field(default="", metadata={"help": "your Ed25519 private key in PEM, to sign opinions"})
    identity: str = field(default="", metadata={"help": "your identity at the exchange, identity--..., to sign opinions"})
    api: str = NAME


@dataclass
class BreakwaterCheckpoint(FetchCheckpointBase):
    """Where the feed goes on, which never expires; ``fetched_at`` in seconds."""

    cursor: str | None = None
    fetched_at: int = 0

    def get_progress_timestamp(self) -> int | None:
        """Give when it was fetched last."""
        return self.fetched_at or None


@dataclass
class BreakwaterRecord:
    """What is kept of one object version: its signals, its opinion, and its markings.

    With ``recalled`` it is no object but a call that takes these versions of one away.
    """

    version: str = ""
    signals: list[list[str]] = field(default_factory=list)
    assertion: str = "positive"
    tags: list[str] = field(default_factory=list)
    markings: list[str] = field(default_factory=list)
    recalled: list[str] = field(default_factory=list)


@dataclass
class BreakwaterSignalMetadata(FetchedSignalMetadata):
    """All that the exchange gave on one signal: an opinion for each object that holds it."""

    opinions: list[dict[str, Any]] = field(default_factory=list)

    def get_as_opinions(self) -> Sequence[SignalOpinion]:
        """Give the opinions, side by side."""
        return [
            SignalOpinion(
                is_mine=False,
                category=_CATEGORIES.get(one["assertion"], SignalOpinionCategory.POSITIVE_CLASS),
                tags=set(one["tags"]),
            )
            for one in self.opinions
        ]


class BreakwaterCredentials(auth.CredentialHelper):
    """The token of a service account at the exchange."""

    ENV_VARIABLE = "TX_BREAKWATER_TOKEN"
    FILE_NAME = "~/.tx_breakwater"

    def __init__(self, token: str) -> None:
        """Keep it; it is sent to the exchange alone."""
        self.token = token

    @classmethod
    def _from_str(cls, s: str) -> Self:
        return cls(s.strip())

    def _are_valid(self) -> bool:
        return bool(self.token)


class BreakwaterExchangeAPI(
    SignalExchangeAPI[BreakwaterCollabConfig, BreakwaterCheckpoint, BreakwaterSignalMetadata, str, BreakwaterRecord]
):
    """Reads a Breakwater exchange over REST."""

    def __init__(self, client: Client, collab: BreakwaterCollabConfig) -> None:
        """Keep what to speak with."""
        self._client, self._collab = client, collab

    @classmethod
    def get_name(cls) -> str:
        """Give the name by which tx knows it."""
        return NAME

    @staticmethod
    def get_config_cls() -> type[BreakwaterCollabConfig]:
        """Give the class of its settings."""
        return BreakwaterCollabConfig

    @staticmethod
    def get_checkpoint_cls() -> type[BreakwaterCheckpoint]:
        """Give the class of its checkpoints."""
        return BreakwaterCheckpoint

    @staticmethod
    def get_record_cls() -> type[BreakwaterSignalMetadata]:
        """Give the class of what is known of a signal."""
        return BreakwaterSignalMetadata

    @classmethod
    def for_collab(cls, collab: BreakwaterCollabConfig) -> Self:
        """Give one that speaks with the token of the environment or of the file."""
        return cls(Client(collab.url, BreakwaterCredentials.get(cls).token, collab.purpose), collab)

    @classmethod
    def fetch_value_merge(cls, old: BreakwaterRecord | None, new: BreakwaterRecord | None) -> BreakwaterRecord | None:
        """Give what stays of an object: a call takes away the versions that it names, and no version follows a newer one."""
        if new is None or old is None:
            return None if new is None or new.recalled else new
        if new.recalled:
            # An observable has no version of its own; a call without one takes all of them away.
            is_named = not old.version or "" in new.recalled or old.version in new.recalled
            return None if is_named else old
        return new if new.version >= old.version else old

    def fetch_iter(
        self, supported_signal_types: Sequence[type[SignalType]], checkpoint: BreakwaterCheckpoint | None
    ) -> Iterator[FetchDelta[str, BreakwaterRecord, BreakwaterCheckpoint]]:
        """Give page after page of the feed, in its order, from where the last fetch ended."""
        del supported_signal_types  # what is fetched does not depend on what is matched by today
        cursor, more = (None if checkpoint is None else checkpoint.cursor), True
        while more:
            start, page = cursor, self._client.page(_TYPES, cursor, _AT_ONCE)
            cursor, more = page["next"], page["more"]
            updates: dict[str, BreakwaterRecord | None] = {}
            for value in page["objects"]:
                for stix_id, record in _updates(value):
                    if stix_id in updates:  # one after the other, as they would come on two pages
                        yield FetchDelta(updates, BreakwaterCheckpoint(start, _now()))
                        updates = {}
                    updates[stix_id] = record
            yield FetchDelta(updates, BreakwaterCheckpoint(cursor, _now()))

    @classmethod
    def naive_convert_to_signal_type(
        cls,
        signal_types: Sequence[type[SignalType]],
        collab: BreakwaterCollabConfig,
        fetched: Mapping[str, BreakwaterRecord],
    ) -> dict[type[SignalType], dict[str, BreakwaterSignalMetadata]]:
        """Give what tx matches by: for each signal the opinions of all objects that hold it."""
        del collab
        by_name = {one.get_name(): one for one in signal_types}
        handlings = {one: record.tags for one, record in fetched.items() if one.startswith("marking-definition--")}
        found: dict[type[SignalType], dict[str, BreakwaterSignalMetadata]] = {}
        for stix_id, record in sorted(fetched.items()):
            obligations = [tag for marking in record.markings for tag in handlings.get(marking, ())]
            opinion = {"id": stix_id, "assertion": record.assertion, "tags": [*record.tags, *obligations]}
            for name, signal in record.signals:
                signal_type = by_name.get(name)
                if signal_type is not None and _is_valid(signal_type, signal):
                    known = found.setdefault(signal_type, {}).setdefault(signal, BreakwaterSignalMetadata())
                    known.opinions.append(opinion)
        return found

    def report_opinion(self, s_type: type[SignalType], signal: str, opinion: SignalOpinion) -> None:
        """Send a sighting of each indicator that holds the signal now; raises ``ExchangeError`` if there is none."""
        wanted = (s_type.get_name(), s_type.validate_signal_str(signal))
        held: dict[str, BreakwaterRecord] = {}
        for delta in self.fetch_iter([s_type], None):
            self.naive_fetch_merge(held, delta.updates)
        seen = [stix_id for stix_id, record in held.items() if list(wanted) in record.signals]
        if not seen:
            raise ExchangeError("Nothing that you may see holds this signal.")
        disposition = _DISPOSITIONS[opinion.category]
        self._client.submit([self._sighting(one, disposition) for one in sorted(seen)])

    def _sighting(self, stix_id: str, disposition: str) -> dict[str, Any]:
        moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        value: dict[str, Any] = {"type": "sighting", "spec_version": "2.1", "id": f"sighting--{uuid.uuid4()}"}
        value |= {"created": moment, "modified": moment, "sighting_of_ref": stix_id, "count": 1}
        value["extensions"] = {_DISPOSITION: {"extension_type": "property-extension", "disposition": disposition}}
        if not self._collab.key_file:
            return value
        return signed(value, read_key(Path(self._collab.key_file).expanduser()), self._collab.identity)


def _now() -> int:
    return int(datetime.now(UTC).timestamp())


def _updates(value: Mapping[str, Any]) -> Iterator[tuple[str, BreakwaterRecord | None]]:
    """Give what an object changes: itself, or the versions that a notice calls back.

    A notice that asks to look again (a contest, a dispute) takes nothing away, and neither does one that was revoked.
    """
    if value["type"] == "recall-notice":
        if value.get("act") in _TAKING_AWAY and not value.get("revoked"):
            for one in value.get("recalled", ()):
                yield one["stix_id"], BreakwaterRecord(recalled=[one.get("version", "")])
    elif value["type"] == "marking-definition":
        yield value["id"], BreakwaterRecord(value["created"], tags=_obligations(value))
    elif value.get("revoked"):
        yield value["id"], None
    else:
        yield value["id"], _record(value)


def _record(value: Mapping[str, Any]) -> BreakwaterRecord:
    extensions = value.get("extensions", {})
    context = extensions.get(_CONTEXT, {})
    tags = sorted({*context.get("harm_types", ()), *context.get("surfaces", ()), *context.get("behaviours", ())})
    return BreakwaterRecord(
        version=value.get("modified", ""),
        signals=[list(one) for one in signals_of(value)],
        assertion=context.get("assertion", "positive"),
        tags=tags,
        markings=list(value.get("object_marking_refs", ())),
    )


def _obligations(marking: Mapping[str, Any]) -> list[str]:
    handling = marking.get("extensions", {}).get(_HANDLING, {})
    uses = [f"use:{one}" for one in handling.get("permitted_uses", ())]
    return [f"tlp:{handling['tlp']}", *uses] if "tlp" in handling else uses


def _is_valid(signal_type: type[SignalType], signal: str) -> bool:
    try:
        signal_type.validate_signal_str(signal)
    except (ValueError, AssertionError):
        return False
    return True
