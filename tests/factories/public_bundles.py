"""Large bundles as public collections have them, authored with the stix2 library and by nobody who knows this exchange.

``attack_like`` has the shape of a catalogue of techniques, ``sharing_like`` that of events from a sharing platform, and
``one_of_each`` every type of STIX 2.1. Everything is invented; ``seed`` makes ids and texts repeatable.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import stix2

from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT
from tests.stix.authored_objects import SCREENED_OUT, authored_objects

CATALOGUE = "synthetic-catalogue"
DATA_SOURCE = "extension-definition--0b1d2c4e-6f31-4a7b-9c55-3d7e8f9a1b2c"
_BEGIN = datetime(2019, 3, 1, 12, 0, 0, tzinfo=UTC)
_WORDS = (
    *("account", "browser", "cache", "channel", "credential", "device", "domain", "event", "file", "gateway", "host", "index"),
    *(
        "library",
        "memory",
        "module",
        "network",
        "operator",
        "process",
        "registry",
        "script",
        "service",
        "session",
        "task",
        "token",
    ),
    *("Übertragung", "密钥", "служба", "مفتاح", "क्षेत्र", "réseau", "ağ", "κλειδί"),
)
_PLATFORMS = ("Containers", "Linux", "Network", "Windows", "macOS")
_TACTICS = ("collection", "defense-evasion", "discovery", "execution", "initial-access", "persistence")


def bundle(objects: Iterable[Any]) -> str:
    """Give the text of a bundle as the library writes it."""
    text: str = stix2.Bundle(objects=list(objects), allow_custom=True).serialize()
    return text


def one_of_each() -> list[dict[str, Any]]:
    """Give an object of every type, without what only this exchange knows; not artifacts, which nobody may submit."""
    objects = authored_objects().values()
    ordinary = [value for value in objects if value["type"] not in SCREENED_OUT and HANDLING not in value.get("extensions", {})]
    for value in ordinary:
        extensions = {name: stated for name, stated in value.pop("extensions", {}).items() if name != OCSEA_CONTEXT}
        if extensions:
            value["extensions"] = extensions
    return ordinary


class Author:
    """Somebody who writes objects with the stix2 library, as one organisation."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        created, modified = sorted((self.time(), self.time()))
        self.identity = stix2.Identity(
            id=self.id("identity"),
            created=created,
            modified=modified,
            name=f"Synthetic collection {seed}",
            identity_class="organization",
            sectors=["technology"],
        )
        self.statement = stix2.MarkingDefinition(
            id=self.id("marking-definition"),
            created=self.time(),
            created_by_ref=self.identity.id,
            definition_type="statement",
            definition=stix2.StatementMarking(f"Synthetic statement {seed}. Copies are permitted with this notice."),
        )

    def id(self, kind: str) -> str:
        return f"{kind}--{uuid.UUID(int=self._rng.getrandbits(128), version=4)}"

    def number(self, below: int) -> int:
        return self._rng.randrange(below)

    def one(self, several: Any) -> Any:
        return self._rng.choice(several)

    def some(self, several: Any, most: int) -> list[Any]:
        return self._rng.sample(list(several), self._rng.randint(1, most))

    def time(self) -> str:
        moment = _BEGIN + timedelta(seconds=self._rng.randrange(10**8), milliseconds=self._rng.randrange(1000))
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def words(self, count: int) -> str:
        return " ".join(self._rng.choices(_WORDS, k=count))

    def text(self) -> str:
        """Several paragraphs of Markdown with code, links and citations."""
        return "\n\n".join(
            f"{self.words(30)} (Citation: Synthetic {self.words(2)}). `{self.words(2)} /{self.words(1)}`: "
            f"[{self.words(3)}](https://catalogue.example.org/{self.number(10**6)}) — {self.words(20)}."
            for _ in range(self._rng.randint(1, 4))
        )

    def make(self, kind: Callable[..., Any], **about: Any) -> Any:
        """Make one object of a class of the library, with what all objects of the collection have."""
        type_name = kind._type
        created, modified = sorted((self.time(), self.time()))
        common = {"id": self.id(type_name), "created": created, "modified": modified, "created_by_ref": self.identity.id}
        return kind(**common, object_marking_refs=[self.statement.id], allow_custom=True, **about)


# --- a catalogue of techniques ----------------------------------------------------------------------------------------------


@stix2.CustomObject(
    "x-synthetic-data-source",
    [
        ("name", stix2.properties.StringProperty(required=True)),
        ("platforms", stix2.properties.ListProperty(stix2.properties.StringProperty)),
    ],
    DATA_SOURCE,
)
class DataSource:
    """An object type of the catalogue's own, brought by an extension of kind ``new-sdo``."""


@stix2.CustomObject("x-synthetic-tactic", [("name", stix2.properties.StringProperty(required=True))])
class Tactic:
    """An object type of the catalogue's own in the way before extensions, which STIX 2.1 still allows (§11.2)."""


def attack_like(techniques: int, seed: int = 1) -> Iterator[Any]:
    """Give a catalogue: techniques, what uses and what mitigates them, and as many relationships again and more."""
    author = Author(seed)
    patterns = [author.make(stix2.AttackPattern, **_technique(author, number)) for number in range(techniques)]
    users = [author.make(kind, **_user(author, kind)) for kind in _USERS for _ in range(max(1, techniques // 12))]
    measures = [author.make(stix2.CourseOfAction, **_entry(author, "M")) for _ in range(max(1, techniques // 6))]
    yield from (author.identity, author.statement, _definition(author), *patterns, *users, *measures)
    yield from (
        author.make(DataSource, name=author.words(2), platforms=author.some(_PLATFORMS, 3), x_mitre_collection_layers=["Host"])
        for _ in range(max(1, techniques // 20))
    )
    tactics = [author.make(Tactic, name=tactic, x_mitre_shortname=tactic) for tactic in _TACTICS]
    yield from tactics
    yield author.make(
        stix2.Grouping, name=CATALOGUE, context="unspecified", object_refs=[one.id for one in (*tactics, *patterns[:50])]
    )
    for pattern in patterns:
        yield _relationship(author, "uses", author.one(users), pattern)
        yield _relationship(author, "mitigates", author.one(measures), pattern)
        if author.number(3) == 0:
            yield _relationship(author, "subtechnique-of", pattern, author.one(patterns))


_USERS = (stix2.IntrusionSet, stix2.Malware, stix2.Tool, stix2.Campaign)


def _entry(author: Author, letter: str) -> dict[str, Any]:
    number = f"{letter}{author.number(9000) + 1000}"
    url = f"https://catalogue.example.org/{number}"
    return {
        "name": f"{author.words(3)} {number}",
        "description": author.text(),
        "external_references": [
            {"source_name": CATALOGUE, "external_id": number, "url": url},
            {"source_name": f"Synthetic {author.words(2)}", "description": author.words(12), "url": f"{url}/source?page=1#top"},
        ],
        "x_mitre_version": f"{author.number(3)}.{author.number(10)}",
        "x_mitre_attack_spec_version": "3.2.0",
        "x_mitre_domains": ["enterprise-attack"],
        "x_mitre_modified_by_ref": author.identity.id,
        "x_mitre_deprecated": author.number(20) == 0,
    }


def _technique(author: Author, number: int) -> dict[str, Any]:
    phases = [{"kill_chain_name": CATALOGUE, "phase_name": phase} for phase in author.some(_TACTICS, 2)]
    return _entry(author, "T") | {
        "kill_chain_phases": phases,
        "revoked": number % 25 == 24,
        "x_mitre_platforms": author.some(_PLATFORMS, 4),
        "x_mitre_data_sources": [f"{author.words(1)}: {author.words(2)}" for _ in range(3)],
        "x_mitre_detection": author.text(),
        "x_mitre_is_subtechnique": author.number(2) == 0,
        "x_mitre_contributors": [f"Synthetic contributor {author.number(99)}"],
        "x_mitre_permissions_required": ["Administrator", "User"],
    }


def _user(author: Author, kind: Callable[..., Any]) -> dict[str, Any]:
    aliases = [f"{author.words(1)} {author.number(999)}" for _ in range(2)]
    more: dict[Callable[..., Any], dict[str, Any]] = {
        stix2.IntrusionSet: {"aliases": aliases},
        stix2.Malware: {"is_family": True, "malware_types": ["backdoor"], "x_mitre_aliases": aliases},
        stix2.Tool: {"tool_types": ["remote-access"], "x_mitre_aliases": aliases},
        stix2.Campaign: {
            "aliases": aliases,
            "first_seen": "2022-01-01T05:00:00Z",
            "last_seen": "2022-03-01T04:00:00.5Z",
            "x_mitre_first_seen_citation": "(Citation: Synthetic)",
        },
    }
    return _entry(author, "G") | more[kind]


def _definition(author: Author) -> Any:
    return stix2.ExtensionDefinition(
        id=DATA_SOURCE,
        created=author.time(),
        modified="2024-06-01T00:00:00.000Z",
        created_by_ref=author.identity.id,
        name="Data sources",
        schema="https://catalogue.example.org/data-source.json",
        version="1.0.0",
        extension_types=["new-sdo"],
    )


def _relationship(author: Author, kind: str, source: Any, target: Any) -> Any:
    about = {"relationship_type": kind, "source_ref": source.id, "target_ref": target.id, "description": author.text()}
    return author.make(stix2.Relationship, **about, x_mitre_modified_by_ref=author.identity.id, x_mitre_version="1.0")


# --- events of a sharing platform -------------------------------------------------------------------------------------------


def sharing_like(events: int, seed: int = 2) -> Iterator[Any]:
    """Give events: indicators with what was observed, sightings, notes and opinions, and a report over each."""
    author = Author(seed)
    yield from (author.identity, author.statement)
    for number in range(events):
        observables = list(_observables(author, number))
        seen, indicators = _observed(author, observables), [_indicator(author, number, kind) for kind in _PATTERNS]
        about = [seen, *indicators, *_remarks(author, indicators[0])]
        yield from (*observables, *about)
        yield author.make(
            stix2.Report,
            name=f"Event {number}: {author.words(4)}",
            description=author.text(),
            published=author.time(),
            report_types=["threat-report"],
            labels=["Threat-Report", 'misp:tool="synthetic"', 'tlp:"green"'],
            object_refs=[one.id for one in (*observables, *about)],
            x_misp_event_id=str(number),
        )


_PATTERNS = ("stix", "sigma", "yara", "snort", "pcre")


def _indicator(author: Author, number: int, kind: str) -> Any:
    patterns = {
        "stix": f"[domain-name:value = 'host-{number}.example.org' AND ipv4-addr:value ISSUBSET '192.0.2.0/24'] FOLLOWEDBY "
        f"[file:hashes.'SHA-256' = '{number:064x}' OR url:value MATCHES '^https://[a-z]+/{number}'] WITHIN 600 SECONDS",
        "sigma": f"title: Synthetic {number}\nlogsource:\n  product: linux\ndetection:\n  sel:\n    name|contains: '{number}'\n",
        "yara": f'rule synthetic_{number} {{ strings: $a = "synthetic {number}" condition: $a }}',
        "snort": f'alert tcp any any -> 192.0.2.0/24 443 (msg:"synthetic"; sid:{number + 1};)',
        "pcre": rf"^synthetic-{number}-\d+$",
    }
    return author.make(
        stix2.Indicator,
        name=f"{author.words(3)} {number}",
        description=author.text(),
        indicator_types=["malicious-activity"],
        pattern=patterns[kind],
        pattern_type=kind,
        valid_from=author.time(),
        kill_chain_phases=[{"kill_chain_name": "misp-category", "phase_name": "Network activity"}],
        labels=[f'misp:type="{kind}"', 'misp:to_ids="True"'],
        confidence=author.number(101),
        lang="en",
    )


def _observables(author: Author, number: int) -> Iterator[Any]:
    marked: dict[str, Any] = {"object_marking_refs": [author.statement.id], "allow_custom": True}
    address = stix2.IPv4Address(value=f"192.0.2.{50 + number % 200}", x_misp_first=number, **marked)
    newer = stix2.IPv6Address(value=f"2001:db8:1::{number:x}", **marked)
    system = stix2.AutonomousSystem(number=4_200_000_000 + number, name="Synthetic", **marked)
    folder = stix2.Directory(path=f"/srv/{number}", **marked)
    file = stix2.File(
        name=f"sample-{number}.bin",
        size=number,
        hashes={"SHA-256": f"{number:064x}", "SHA-1": f"{number:040x}", "MD5": f"{number:032x}"},
        parent_directory_ref=folder.id,
        extensions={"pdf-ext": {"version": "1.7", "document_info_dict": {"Title": author.words(2)}}},
        **marked,
    )
    traffic = stix2.NetworkTraffic(
        src_ref=address.id, dst_ref=newer.id, src_port=49152, dst_port=443, protocols=["ipv4", "tcp", "https"], **marked
    )
    yield from (address, newer, system, folder, file, traffic)
    yield stix2.DomainName(value=f"host-{number}.example.org", resolves_to_refs=[address.id], **marked)
    yield stix2.URL(value=f"https://host-{number}.example.org/{number}?a=b&c=d", **marked)
    yield stix2.MACAddress(value=f"02:00:5e:20:{number // 256 % 256:02x}:{number % 256:02x}", **marked)
    yield stix2.Mutex(name=f"synthetic-{number}", **marked)
    yield stix2.Software(name=f"Synthetic {number}", version="1.0", vendor="Example", **marked)
    yield stix2.WindowsRegistryKey(key=f"HKEY_LOCAL_MACHINE\\Software\\Synthetic{number}", **marked)
    yield stix2.Process(pid=number + 1, command_line=f"./synthetic --number {number}", image_ref=file.id, **marked)
    yield stix2.X509Certificate(
        serial_number=f"{number:02x}:0b", issuer="CN=Synthetic", subject=f"CN=host-{number}.example.org", **marked
    )


def _observed(author: Author, observables: list[Any]) -> Any:
    first, last = sorted((author.time(), author.time()))
    return author.make(
        stix2.ObservedData,
        first_observed=first,
        last_observed=last,
        number_observed=author.number(99) + 1,
        object_refs=[one.id for one in observables],
    )


def _remarks(author: Author, about: Any) -> Iterator[Any]:
    yield author.make(
        stix2.Note, abstract=author.words(3), content=author.text(), object_refs=[about.id], authors=["Synthetic team"]
    )
    yield author.make(stix2.Opinion, opinion="agree", explanation=author.words(9), object_refs=[about.id])
    yield author.make(stix2.Sighting, sighting_of_ref=about.id, count=author.number(9), where_sighted_refs=[author.identity.id])
    yield author.make(stix2.Vulnerability, name=f"CVE-2026-{author.number(9000) + 1000}", description=author.text())
    yield author.make(stix2.Infrastructure, name=author.words(2), infrastructure_types=["command-and-control"])
    yield author.make(stix2.Location, country="DE", latitude=52.5, longitude=13.25, precision=1000.0)


def plain(objects: Iterable[Any]) -> list[dict[str, Any]]:
    """Give objects as plain JSON, as their text says them."""
    parsed: list[dict[str, Any]] = json.loads(bundle(objects))["objects"]
    return parsed
