"""What lies in ``schemas/`` is complete, agrees with the code's words, and its examples are what they say."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from app.domain import object_vocabulary as words
from app.domain.errors import Code, ProfileError
from app.domain.observation import ObservableKind
from app.domain.vocabulary import (
    Assertion,
    Harm,
    OnwardShare,
    PermittedUse,
    Provenance,
    Purpose,
    Review,
    Sensitivity,
    SubjectStatus,
    Surface,
    Tlp,
    Urgency,
)
from app.stix import oasis_schemas
from app.stix.exchange_types import EXCHANGE_TYPES
from app.stix.profile import check_object
from app.stix.schema import check_schema
from breakwater_client import extensions
from breakwater_client.documents import published
from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT
from breakwater_client.signing.hub_stable import hub_stable
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import stix_id
from tests.stix.authored_objects import verified

EXTENSIONS = sorted(published.EXTENSION_NAMES)
SCHEMAS = [(each, version) for each in EXTENSIONS for version in published.extension_versions(each)]
EXAMPLES = sorted((Path(__file__).parents[3] / "schemas/extensions").glob("*/examples/*/*.json"))


def examples(kind: str) -> list[Any]:
    return [pytest.param(path, id=f"{path.parents[2].name}/{path.stem}") for path in EXAMPLES if path.parent.name == kind]


def test_a_checkout_publishes_the_folder_at_its_root() -> None:
    assert published.folder() == Path(__file__).parents[3] / "schemas"


def test_an_installed_package_carries_the_folder_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "breakwater_client" / "published_schemas"
    installed.mkdir(parents=True)
    monkeypatch.setattr(published, "__file__", str(tmp_path / "breakwater_client" / "documents" / "published.py"))
    published.folder.cache_clear()
    found = published.folder()
    published.folder.cache_clear()
    assert found == installed


@pytest.mark.parametrize(
    ("extension_id", "member", "vocabulary"),
    [
        (OCSEA_CONTEXT, "harm_types", Harm),
        (OCSEA_CONTEXT, "surfaces", Surface),
        (OCSEA_CONTEXT, "subject_status", SubjectStatus),
        (OCSEA_CONTEXT, "sensitivity", Sensitivity),
        (OCSEA_CONTEXT, "urgency", Urgency),
        (OCSEA_CONTEXT, "review", Review),
        (OCSEA_CONTEXT, "provenance", Provenance),
        (OCSEA_CONTEXT, "assertion", Assertion),
        (HANDLING, "tlp", Tlp),
        (HANDLING, "purposes", Purpose),
        (HANDLING, "permitted_uses", PermittedUse),
        (HANDLING, "onward_share", OnwardShare),
        (extensions.DISPOSITION, "disposition", words.Disposition),
        (extensions.DISPOSITION, "action_taken", words.ActionTaken),
        (extensions.DISPOSITION, "review", Review),
        (extensions.DISPOSITION, "outcome", words.FeedbackOutcome),
        (extensions.DISPUTE, "reason", words.DisputeReason),
        (extensions.DISPUTE, "evidence", words.DisputeEvidence),
        (extensions.FEEDBACK_MARK, "mark", words.FeedbackMark),
        (extensions.COUNTERMEASURE_PROFILE, "principle", words.SafetyPrinciple),
        (extensions.COUNTERMEASURE_PROFILE, "level", words.ResponseLevel),
        (extensions.COUNTERMEASURE_PROFILE, "surfaces", Surface),
        (extensions.COUNTERMEASURE_PROFILE, "evidence", words.EvidenceGrade),
        (extensions.COUNTERMEASURE_PROFILE, "cost", words.Cost),
        (extensions.PERCEPTUAL_HASH, "algorithm", words.PerceptualAlgorithm),
        (extensions.LIVE_ROOM, "surface", Surface),
        (extensions.LIVE_ROOM, "room_access", words.RoomAccess),
        (extensions.PAYMENT_HANDLE, "payment_kind", words.PaymentKind),
        (extensions.BLINDED_IDENTIFIER, "identifier_kind", words.BlindedKind),
        (extensions.ACCESS_OFFER, "considered_purposes", Purpose),
        (extensions.ACCESS_OFFER, "count_band", words.CountBand),
        (extensions.ACCESS_OFFER, "observable_kinds", ObservableKind),
        (extensions.INFORMATION_REQUEST, "purpose", Purpose),
        (extensions.INFORMATION_REQUEST, "request_state", words.RequestState),
        (extensions.PRESERVATION_REQUEST, "request_state", words.RequestState),
        (extensions.DECONFLICTION_NOTICE, "interest", words.Interest),
        (extensions.DECONFLICTION_NOTICE, "requested_conduct", words.RequestedConduct),
        (extensions.RECALL_NOTICE, "reason", words.RecallReason),
        (extensions.RECALL_NOTICE, "act", words.RecallAct),
    ],
)
def test_the_schemas_have_the_vocabularys_words(extension_id: str, member: str, vocabulary: type[StrEnum]) -> None:
    about = published.extension_schema(extension_id)["properties"][member]
    assert about.get("items", about)["enum"] == [word.value for word in vocabulary]


@pytest.mark.parametrize(("extension_id", "version"), SCHEMAS)
def test_each_schema_is_a_closed_json_schema_2020_12_with_a_name_of_its_own(extension_id: str, version: str) -> None:
    schema = published.extension_schema(extension_id, version)
    jsonschema_rs.meta.validate(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:breakwater:extension:{published.EXTENSION_NAMES[extension_id]}:{version}"
    objects = [part for part in _parts(schema) if part.get("type") == "object"]
    assert objects
    assert all(part["additionalProperties"] is False for part in objects)


def _parts(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, dict):
        return [schema, *(part for member in schema.values() for part in _parts(member))]
    return [part for member in schema for part in _parts(member)] if isinstance(schema, list) else []


@pytest.mark.parametrize(("extension_id", "version"), SCHEMAS)
def test_the_newest_schema_takes_all_that_an_earlier_one_takes(extension_id: str, version: str) -> None:
    earlier, newest = published.extension_schema(extension_id, version), published.extension_schema(extension_id)
    assert earlier["properties"].items() <= newest["properties"].items()
    assert earlier["required"] == newest["required"]


def test_an_extension_definition_is_a_new_version_of_its_earlier_ones() -> None:
    newest = {definition["id"]: definition for definition in published.extension_definitions()}
    earlier = published.earlier_extension_definitions()
    assert [definition["version"] for definition in earlier] == ["1.0.0", "1.1.0", "1.0.0", "1.0.0"]
    for definition in earlier:
        now = newest[definition["id"]]
        assert (now["created"], now["created_by_ref"]) == (definition["created"], definition["created_by_ref"])
        assert now["modified"] > definition["modified"]
        assert published.extension_schema(definition["id"], definition["version"])["$id"] in definition["schema"]


def test_the_required_members_are_few() -> None:
    required = {
        name: set(published.extension_schema(extension_id)["required"])
        for extension_id, name in published.EXTENSION_NAMES.items()
        if name not in EXCHANGE_TYPES
    }
    assert required == {
        "ocsea-context": {"extension_type", "harm_types", "sensitivity"},
        "handling": {"extension_type", "tlp"},
        "signature": {"extension_type", "signatures"},
        "disposition": {"extension_type", "disposition"},
        "dispute": {"extension_type", "reason", "evidence"},
        "feedback-mark": {"extension_type", "mark"},
        "countermeasure-profile": {"extension_type", "intent", "evidence"},
    }


@pytest.mark.parametrize("name", sorted(EXCHANGE_TYPES))
def test_a_schema_that_defines_a_type_describes_the_whole_object(name: str) -> None:
    own = EXCHANGE_TYPES[name]
    assert published.EXTENSION_NAMES[own.extension_id] == name
    schema = published.extension_schema(own.extension_id)
    core = oasis_schemas._documents()[own.about.schema]["properties"].keys()
    assert core <= schema["properties"].keys()
    assert schema["properties"]["type"] == {"const": name}
    assert schema["properties"]["extensions"]["required"] == [own.extension_id]
    [definition] = [one for one in published.extension_definitions() if one["id"] == own.extension_id]
    assert definition["extension_types"] == [own.about.kind.value]
    named = {name for name, about in schema["properties"].items() if name not in core and name.endswith(("_ref", "_refs"))}
    assert named == {name for name, _ in own.about.references}
    times = {name for name, about in schema["properties"].items() if name not in core and "T([01]" in about.get("pattern", "")}
    assert times == set(own.about.times) - {"created", "modified"}


@pytest.mark.parametrize(
    "value",
    [
        *published.extension_definitions(),
        *published.earlier_extension_definitions(),
        published.project_identity(),
        *published.tlp_markings(),
    ],
    ids=lambda value: value["name"],
)
def test_each_published_object_is_valid_and_keeps_its_spelling(value: dict[str, Any]) -> None:
    check_schema(value)
    assert check_object(verified(value)).facts.stix_id == value["id"]
    assert hub_stable(value) == value


def test_there_are_nine_tlp_markings() -> None:
    assert sorted(marking["name"] for marking in published.tlp_markings()) == [
        *("TLP:AMBER", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:CLEAR", "TLP:GREEN", "TLP:GREEN", "TLP:RED", "TLP:RED", "TLP:WHITE"),
    ]


def test_whoever_changes_a_loaded_schema_changes_a_copy() -> None:
    published.extension_schema(HANDLING)["properties"].clear()
    assert published.extension_schema(HANDLING)["properties"]


@pytest.mark.parametrize("path", examples("valid"))
def test_each_valid_example_is_taken(path: Path) -> None:
    value = json.loads(path.read_text(encoding="utf-8"))
    assert check_object(verified(value)).facts.stix_id == value["id"]


@pytest.mark.parametrize("path", examples("invalid"))
def test_each_invalid_example_is_refused_as_it_says_by_the_published_schema_too(path: Path) -> None:
    example = json.loads(path.read_text(encoding="utf-8"))
    # The reader of signatures comes first in an exchange; with the schema alone one has to see the same fault at the same place.
    code = example["code"] if example["sign"] else Code.SCHEMA_VIOLATION
    value = (
        sign_object(example["object"], PrivateKey.generate(), signer=stix_id("identity"), signed_at=NOW)
        if example["sign"]
        else example["object"]
    )
    with pytest.raises(ProfileError) as refusal:
        check_object(verified(value))
    assert (refusal.value.code, refusal.value.pointer) == (code, example["pointer"])


def test_every_extension_has_examples_of_both_kinds() -> None:
    kinds = {(path.parents[2].name, path.parent.name) for path in EXAMPLES}
    assert kinds == {(name, kind) for name in published.EXTENSION_NAMES.values() for kind in ("valid", "invalid")}
