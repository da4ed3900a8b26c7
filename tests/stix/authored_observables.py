"""Cyber-observables for tests, one of each type about machines and networks, with all predefined extensions."""

from __future__ import annotations

from typing import Any

import stix2

TIME = "2026-10-01T08:15:30Z"
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
MD5 = "098f6bcd4621d373cade4e832627b4f6"


def observables(common: dict[str, Any]) -> list[Any]:
    """Give one object of each such type; ``common`` are the properties that all of them carry."""
    extensions = common["extensions"]

    def extended(**more: Any) -> dict[str, Any]:
        return {**common, "extensions": {**extensions, **{name.replace("_", "-"): about for name, about in more.items()}}}

    address = stix2.EmailAddress(value="synthetic@example.org")
    account = stix2.UserAccount(user_id="synthetic-0117")
    system = stix2.AutonomousSystem(number=64496, name="Example", rir="RIPE", **common)
    folder = stix2.Directory(path="/srv/räume", path_enc="UTF-8", ctime=TIME, mtime=TIME, atime=TIME, **common)
    card = stix2.MACAddress(value="02:00:5e:10:00:01", **common)
    server = stix2.IPv6Address(value="2001:db8::17", resolves_to_refs=[card.id], belongs_to_refs=[system.id], **common)
    artifact = stix2.Artifact(mime_type="text/plain", url="https://example.org/sample", hashes={"SHA-256": SHA}, **common)
    file = stix2.File(
        name="Protokoll ü.log",
        name_enc="UTF-8",
        hashes={"SHA-256": SHA, "MD5": MD5, "SSDEEP": "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C"},
        size=5,
        magic_number_hex="feed",
        mime_type="text/plain",
        ctime=TIME,
        mtime=TIME,
        atime=TIME,
        parent_directory_ref=folder.id,
        contains_refs=[server.id],
        content_ref=artifact.id,
        **extended(
            archive_ext={"contains_refs": [folder.id], "comment": "zwei"},
            ntfs_ext={"sid": "1234567", "alternate_data_streams": [{"name": "zweiter", "size": 3, "hashes": {"MD5": MD5}}]},
            pdf_ext={"version": "1.7", "is_optimized": True, "document_info_dict": {"Title": "Übung"}, "pdfid0": "DFCE52BD"},
            raster_image_ext={"image_height": 10, "image_width": 20, "bits_per_pixel": 8, "exif_tags": {"Make": "Synthetic"}},
            windows_pebinary_ext={
                "pe_type": "exe",
                "machine_hex": "014c",
                "number_of_sections": 1,
                "time_date_stamp": TIME,
                "file_header_hashes": {"MD5": MD5},
                "optional_header": {"magic_hex": "010b", "size_of_code": 0},
                "sections": [{"name": "CODE", "entropy": 0.061089, "size": 3, "hashes": {"SHA-256": SHA}}],
            },
        ),
    )
    message = stix2.EmailMessage(
        is_multipart=True,
        date=TIME,
        content_type="multipart/mixed",
        from_ref=address.id,
        sender_ref=address.id,
        to_refs=[address.id],
        cc_refs=[address.id],
        bcc_refs=[address.id],
        message_id="<synthetic@example.org>",
        subject="Übung",
        received_lines=["from mail.example.org by mx.example.org"],
        additional_header_fields={"Reply-To": ["synthetic@example.org", "second@example.org"]},
        body_multipart=[
            {"content_type": "text/plain", "body": "Hallo"},
            {"content_type": "text/plain", "content_disposition": "attachment", "body_raw_ref": file.id},
        ],
        raw_email_ref=artifact.id,
        **common,
    )
    traffic = stix2.NetworkTraffic(
        start=TIME,
        end="2026-10-01T08:15:31Z",
        is_active=False,
        src_ref=server.id,
        dst_ref=server.id,
        src_port=49152,
        dst_port=443,
        protocols=["ipv6", "tcp", "http"],
        src_byte_count=100,
        dst_byte_count=200,
        src_packets=1,
        dst_packets=2,
        ipfix={"minimumIpTotalLength": 32},
        src_payload_ref=artifact.id,
        dst_payload_ref=artifact.id,
        encapsulates_refs=["network-traffic--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95"],
        encapsulated_by_ref="network-traffic--5f4a7a24-c134-4e3c-a90f-2f12d5c7da96",
        **extended(
            http_request_ext={
                "request_method": "get",
                "request_value": "/räume",
                "request_version": "http/1.1",
                "request_header": {"Host": ["live.example.org"]},
                "message_body_length": 3,
                "message_body_data_ref": artifact.id,
            },
            icmp_ext={"icmp_type_hex": "08", "icmp_code_hex": "00"},
            socket_ext={
                "address_family": "AF_INET6",
                "is_listening": True,
                "socket_type": "SOCK_STREAM",
                "options": {"SO_TEST": 1},
            },
            tcp_ext={"src_flags_hex": "00000002"},
        ),
    )
    process = stix2.Process(
        pid=314,
        created_time=TIME,
        cwd="/srv",
        command_line="./beispiel --übung",
        environment_variables={"LANG": "de"},
        opened_connection_refs=[traffic.id],
        creator_user_ref=account.id,
        image_ref=file.id,
        parent_ref="process--5f4a7a24-c134-4e3c-a90f-2f12d5c7da95",
        child_refs=["process--5f4a7a24-c134-4e3c-a90f-2f12d5c7da96"],
        **extended(
            windows_process_ext={
                "aslr_enabled": True,
                "priority": "NORMAL",
                "integrity_level": "low",
                "startup_info": {"lpTitle": "a"},
            },
            windows_service_ext={"service_name": "beispiel", "descriptions": ["Übung"], "service_dll_refs": [file.id]},
        ),
    )
    return [
        *(system, folder, card, server, artifact, file, message, traffic, process),
        stix2.Mutex(name="beispiel-räume", **common),
        stix2.Software(
            name="Beispiel",
            cpe="cpe:2.3:a:example:beispiel:1.0:*:*:*:*:*:*:*",
            swid="synthetic",
            languages=["de", "zh"],
            vendor="Example",
            version="1.0",
            **common,
        ),
        stix2.WindowsRegistryKey(
            key="HKEY_LOCAL_MACHINE\\Software\\Übung",
            values=[{"name": "Foo", "data": "qwerty", "data_type": "REG_SZ"}],
            modified_time=TIME,
            creator_user_ref=account.id,
            number_of_subkeys=2,
            **common,
        ),
        stix2.X509Certificate(
            is_self_signed=False,
            hashes={"SHA-256": SHA},
            version="3",
            serial_number="36:f7:d4:32",
            signature_algorithm="sha256WithRSAEncryption",
            issuer="C=ZZ, O=Übung",
            validity_not_before=TIME,
            validity_not_after="2027-10-01T08:15:30Z",
            subject="C=ZZ, CN=live.example.org",
            subject_public_key_algorithm="rsaEncryption",
            subject_public_key_exponent=65537,
            x509_v3_extensions={
                "basic_constraints": "critical,CA:TRUE",
                "private_key_usage_period_not_before": TIME,
                "private_key_usage_period_not_after": "2027-10-01T08:15:30Z",
            },
            **common,
        ),
    ]
