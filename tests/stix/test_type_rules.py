"""What the text of the specification asks of single types, and what its schemas say wrongly: each rule both ways."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import Code, ProfileError
from app.stix.schema import check_schema
from app.stix.type_rules import is_language, is_property_name
from tests.stix.authored_objects import A_UUID, CREATED, FOREIGN_EXTENSION, TLP_AMBER, authored_objects

DELETE = object()
OWN = {FOREIGN_EXTENSION: {"extension_type": "property-extension", "stage": 1}}
ADDRESS = {"type": "email-addr", "id": f"email-addr--{A_UUID}", "value": "synthetic@example.org"}
T = "2026-10-01T08:15:30Z"
NO_DAY = "2026-02-30T08:15:30Z"
ID = "id of the object itself"


def changed(type_name: str, **changes: Any) -> dict[str, Any]:
    value = {**authored_objects()[type_name], **changes}
    return {name: value["id"] if member == ID else member for name, member in value.items() if member is not DELETE}


def only(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"type": type_name, "id": f"{type_name}--{A_UUID}", **properties}


def parts(*members: dict[str, Any]) -> dict[str, Any]:
    return {"body_multipart": list(members)}


def pe(**members: Any) -> dict[str, Any]:
    return {"extensions": {"windows-pebinary-ext": {"pe_type": "exe", **members}}}


def observed(*members: dict[str, Any]) -> dict[str, Any]:
    return {"object_refs": DELETE, "objects": {str(number): member for number, member in enumerate(members)}}


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        # references, at every depth
        (changed("email-message", **parts({"body_raw_ref": f"url--{A_UUID}"})), "/body_multipart/0/body_raw_ref"),
        (changed("email-message", **parts({"body": "a"}, {"body_raw_ref": "1"})), "/body_multipart/1/body_raw_ref"),
        (changed("email-message", to_refs=[f"user-account--{A_UUID}"]), "/to_refs/0"),
        (
            changed("file", extensions={"archive-ext": {"contains_refs": [f"url--{A_UUID}"]}}),
            "/extensions/archive-ext/contains_refs/0",
        ),
        (changed("file", contains_refs=[f"tool--{A_UUID}"]), "/contains_refs/0"),
        (changed("file", content_ref=f"file--{A_UUID}"), "/content_ref"),
        (changed("network-traffic", src_ref=f"url--{A_UUID}"), "/src_ref"),
        (changed("process", image_ref=f"process--{A_UUID}"), "/image_ref"),
        (
            changed("process", extensions={"windows-service-ext": {"service_dll_refs": [f"url--{A_UUID}"]}}),
            "/extensions/windows-service-ext/service_dll_refs/0",
        ),
        (changed("malware", sample_refs=[f"url--{A_UUID}"]), "/sample_refs/0"),
        (changed("malware-analysis", analysis_sco_refs=[f"malware--{A_UUID}"]), "/analysis_sco_refs/0"),
        (changed("malware-analysis", sample_ref=f"url--{A_UUID}"), "/sample_ref"),
        (changed("observed-data", object_refs=[f"indicator--{A_UUID}"]), "/object_refs/0"),
        (changed("language-content", object_ref=f"language-content--{A_UUID}"), "/object_ref"),
        # times, at every depth
        (changed("file", ctime=NO_DAY), "/ctime"),
        (changed("file", **pe(time_date_stamp=NO_DAY)), "/extensions/windows-pebinary-ext/time_date_stamp"),
        (
            changed("x509-certificate", x509_v3_extensions={"private_key_usage_period_not_after": NO_DAY}),
            "/x509_v3_extensions/private_key_usage_period_not_after",
        ),
        (changed("process", created_time=NO_DAY), "/created_time"),
        (changed("windows-registry-key", modified_time=NO_DAY), "/modified_time"),
        (changed("language-content", object_modified="2026-02-30T08:15:30.000Z"), "/object_modified"),
        (changed("observed-data", last_observed="2020-01-01T00:00:00Z"), "/last_observed"),
        (changed("network-traffic", end="2020-01-01T00:00:00Z"), "/end"),
        # extensions on the types they belong to
        (changed("file", extensions={"unix-account-ext": {"gid": 5}}), "/extensions/unix-account-ext"),
        (changed("tool", extensions={"tcp-ext": {"src_flags_hex": "00"}}), "/extensions/tcp-ext"),
        (changed("file", extensions={"pdf-ext": {"is_optimized": "yes"}}), "/extensions/pdf-ext/is_optimized"),
        # a type's own rules
        (changed("observed-data", objects={"0": ADDRESS}), ""),
        (changed("observed-data", object_refs=DELETE), ""),
        (changed("observed-data", **observed({**ADDRESS, "value": "A <a@example.org>"})), "/objects"),
        (changed("observed-data", **observed({"type": "tool"})), "/objects"),
        (changed("observed-data", **observed({"type": "phone-number", "id": f"phone-number--{A_UUID}"})), "/objects"),
        (changed("observed-data", **observed({**ADDRESS, "belongs_to_ref": "1"})), "/objects"),
        (changed("observed-data", **observed(authored_objects()["tool"])), "/objects"),
        (changed("observed-data", number_observed=0), "/number_observed"),
        (changed("location", region=DELETE, latitude=DELETE, longitude=DELETE, precision=DELETE), ""),
        (changed("location", latitude=DELETE), ""),
        (changed("location", latitude=90.5), "/latitude"),
        (changed("location", latitude=DELETE, longitude=DELETE), ""),
        (changed("malware", name=DELETE), ""),
        (changed("malware", is_family=DELETE), ""),
        (changed("malware-analysis", result=DELETE, analysis_sco_refs=DELETE), ""),
        (changed("artifact", url=DELETE), ""),
        (changed("artifact", hashes=DELETE), ""),
        (changed("artifact", payload_bin="AAAA"), ""),
        (changed("artifact", decryption_key="a"), ""),
        (changed("file", name=DELETE, hashes=DELETE), ""),
        (changed("file", hashes={"MD5": "a" * 31}), "/hashes/MD5"),
        (changed("email-message", body="a"), ""),
        (changed("email-message", is_multipart=False), ""),
        (changed("network-traffic", src_ref=DELETE, dst_ref=DELETE), ""),
        (changed("network-traffic", is_active=True), ""),
        (changed("network-traffic", protocols=DELETE), ""),
        (only("process"), ""),
        (only("process", extensions=OWN), ""),
        (only("process", name="a"), ""),
        (only("user-account", extensions=OWN), ""),
        (only("windows-registry-key"), ""),
        (only("windows-registry-key", modified=CREATED), ""),
        (only("windows-registry-key", key="HKLM\\System"), "/key"),
        (only("windows-registry-key", key="hkcu"), "/key"),
        (only("windows-registry-key", key="HKEY_USERS", values=[{"data_type": "REG_OWN"}]), "/values/0/data_type"),
        (only("x509-certificate"), ""),
        (only("ipv6-addr", value="2001:db8::g"), "/value"),
        (only("ipv6-addr", value="192.0.2.17"), "/value"),
        (only("ipv6-addr", value="2001:db8::1/129"), "/value"),
        (only("ipv6-addr", value="2001:db8::1/"), "/value"),
        (only("ipv6-addr", value="fe80::1%eth0"), "/value"),
        (only("ipv6-addr", value=" 2001:db8::1"), "/value"),
        (only("mac-addr", value="02-00-5E-10-00-01"), "/value"),
        (changed("software", cpe="see cpe:2.3:a:example:beispiel:1.0:*:*:*:*:*:*:*"), "/cpe"),
        (changed("software", languages=["d e"]), "/languages/0"),
        (changed("language-content", contents={"x_": {"name": "a"}}), "/contents"),
        (changed("language-content", contents={"de": "name"}), "/contents"),
        (changed("language-content", contents={"de": {"Na": "a"}}), "/contents"),
        (changed("language-content", contents={"de": {"name": None}}), "/contents"),
        (changed("language-content", contents={}), "/contents"),
        (changed("tool", lang="de_DE"), "/lang"),
        (changed("tool", granular_markings=[{"selectors": ["name"], "lang": "not a tag"}]), "/granular_markings/0/lang"),
        (changed("marking-definition", object_marking_refs=[ID]), None),
        (changed("extension-definition", created_by_ref=DELETE), ""),
        (
            changed("extension-definition", extension_types=["toplevel-property-extension"], extension_properties=["A b"]),
            "/extension_properties/0",
        ),
        (changed("extension-definition", extension_properties=["stage"]), ""),
    ],
)
def test_what_breaks_a_rule_of_its_type_is_refused_at_its_place(value: dict[str, Any], pointer: str | None) -> None:
    with pytest.raises(ProfileError) as refusal:
        check_schema(value)
    assert refusal.value.code in (Code.SCHEMA_VIOLATION, Code.OBJECT_TYPE_UNSUPPORTED)
    assert pointer is None or refusal.value.pointer == pointer


def test_a_marking_does_not_mark_itself() -> None:
    value = authored_objects()["marking-definition"]
    for circle in (
        {"object_marking_refs": [TLP_AMBER, value["id"]]},
        {"granular_markings": [{"selectors": ["name"], "marking_ref": value["id"]}]},
    ):
        with pytest.raises(ProfileError) as refusal:
            check_schema({**value, **circle})
        assert refusal.value.pointer == f"/{next(iter(circle))}"


@pytest.mark.parametrize(
    "value",
    [
        changed("observed-data", **observed(ADDRESS)),
        changed("observed-data", **observed(authored_objects()["file"], authored_objects()["network-traffic"])),
        changed("observed-data", **observed({"type": "x-own", "id": f"x-own--{A_UUID}"})),
        changed("observed-data", object_refs=[f"relationship--{A_UUID}", f"artifact--{A_UUID}", f"tool-mark--{A_UUID}"]),
        changed("malware-analysis", analysis_sco_refs=[f"own-observable--{A_UUID}"]),
        changed("malware", is_family=False, name=DELETE),
        changed("email-message", is_multipart=False, body="a", body_multipart=DELETE),
        changed("email-message", additional_header_fields={"Reply-To": ["once"], "X-Mailer": "a", "Date": ["a", "b"]}),
        changed("email-message", additional_header_fields={"date": ["a", "b"]}),
        changed("network-traffic", is_active=True, end=DELETE),
        changed("network-traffic", end=T),
        only("process", pid=5),
        only("process", created_time=T),
        only("process", extensions={"windows-process-ext": {"dep_enabled": True}}),
        only("windows-registry-key", modified_time=T),
        only("windows-registry-key", key="HKEY_LOCAL_MACHINE\\Software\\HKCU"),
        only("ipv6-addr", value="::ffff:192.0.2.17"),
        only("ipv6-addr", value="2001:db8::/32"),
        only("ipv6-addr", value="2001:0DB8:0:0:0:0:0:17"),
        changed("software", languages=["zh-Hans", "pt-BR", "deu"]),
        changed("file", hashes={"TLSH": "T1" + "A" * 70, "SSDEEP": "1:" + "a" * 140}),
        changed("file", extensions={"raster-image-ext": {"exif_tags": {"make": "a", "XResolution": 5}}}),
        changed("file", extensions={"x-own-ext": {"anything": 1}}),
        changed("location", region=DELETE),
        changed("location", latitude=DELETE, longitude=DELETE, precision=DELETE),
        changed("tool", lang="zh-Hant-TW"),
    ],
)
def test_what_the_specification_allows_is_taken(value: dict[str, Any]) -> None:
    check_schema(value)


@pytest.mark.parametrize(
    ("name", "expected"), [("id", True), ("abc", True), ("x_1", True), ("ab", False), ("aBc", False), ("_abc", False)]
)
def test_property_names(name: str, *, expected: bool) -> None:
    assert is_property_name(name) is expected


@pytest.mark.parametrize(
    ("tag", "expected"), [("de", True), ("x-own", True), ("en-US-posix", True), ("", False), ("de-", False), ("de\n", False)]
)
def test_language_tags(tag: str, *, expected: bool) -> None:
    assert is_language(tag) is expected
