"""Addresses: one spelling, nothing that names a reader, and never more than was meant."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.errors import Code, ProfileError
from app.stix import normalise_addresses as addresses
from app.stix.normalise_faults import Normal


@pytest.mark.parametrize(
    ("entered", "normal"),
    [
        ("hxxps://chat.example[.]org/join/AbC", "https://chat.example.org/join/AbC"),
        ("hXXp[:]//example(.)org", "http://example.org/"),
        ("h**ps://example[dot]org/", "https://example.org/"),
        ("HTTPS://EXAMPLE.ORG:443/A", "https://example.org/A"),
        ("http://example.org:8080/a", "http://example.org:8080/a"),
        ("http://example.org:/a", "http://example.org/a"),
        ("https://müller.example/straße", "https://xn--mller-kva.example/stra%C3%9Fe"),
        ("https://example.org/a/../b/./c", "https://example.org/b/c"),
        ("https://example.org/a/..", "https://example.org/"),
        ("https://example.org/%7Ea/%2f%zz", "https://example.org/~a/%2F%25zz"),
        ("https://example.org/a?x=1&utm_source=y&fbclid=z&b=2", "https://example.org/a?x=1&b=2"),
        ("https://example.org/a?utm_source=y", "https://example.org/a"),
        ("https://[2001:DB8::17]/a", "https://[2001:db8::17]/a"),
        ("https://192.0.2.17/a", "https://192.0.2.17/a"),
        ("https://example.org./", "https://example.org/"),
        ("https://example.org/a(.)b", "https://example.org/a(.)b"),
    ],
)
def test_an_address_has_one_spelling(entered: str, normal: str) -> None:
    assert addresses.url(entered).value == normal


def test_credentials_and_what_stands_behind_the_sign_are_left_out_and_it_is_said() -> None:
    found = addresses.url("https://somebody:secret@example.org/a?b=1#part")
    assert found.value == "https://example.org/a?b=1"
    assert len(found.notes) == 2
    assert "secret" not in str(found.notes)


@pytest.mark.parametrize(
    "entered",
    [
        "example.org/a",
        "javascript:alert(1)",
        "data:text/plain,a",
        "ftp://example.org/a",
        "https://",
        "https://example",
        "https://exa mple.org/",
        "https://example.org\\@evil.example/",
        "https://example.org/<script>",
        "https://*.example.org/",
        "https://example.org:99999/",
        "https://example.org:0/",
        "https://10.0.0.1/a",
        "https://192.0.2.999/",
        "https://0x7f.1/",
        "https://example.org/#/join/AbC",
        "https://example.org/a#!/join/AbC",
        "https://example.org#AbC",
        "https://example.org/" + "a" * 2048,
        "https://exam\u200bple.org/",
    ],
)
def test_what_is_no_address_or_would_mean_more_is_refused(entered: str) -> None:
    with pytest.raises(ProfileError) as caught:
        addresses.url(entered)
    assert caught.value.code is Code.OBSERVABLE_INVALID


@pytest.mark.parametrize(
    ("read", "entered", "normal"),
    [
        (addresses.domain, " Example[.]ORG. ", "example.org"),
        (addresses.domain, "MÜLLER.example", "xn--mller-kva.example"),
        (addresses.domain, "xn--mller-kva.example", "xn--mller-kva.example"),
        (addresses.domain, "a.b.example.org", "a.b.example.org"),
        (addresses.ip, "192.0.2[.]17", "192.0.2.17"),
        (addresses.ip, "2001:0DB8:0:0::17", "2001:db8::17"),
        (addresses.ip, "::ffff:192.0.2.17", "192.0.2.17"),
        (addresses.email, "Some.Body+x@EXAMPLE[.]org", "some.body+x@example.org"),
        (addresses.phone, "+1 (555) 010-0117", "+15550100117"),
    ],
)
def test_hosts_machines_letter_boxes_and_telephones(read: Callable[[str], Normal], entered: str, normal: str) -> None:
    assert read(entered) == Normal(normal)


@pytest.mark.parametrize(
    ("read", "entered"),
    [
        (addresses.domain, "*.example.org"),
        (addresses.domain, "example"),
        (addresses.domain, "https://example.org"),
        (addresses.domain, "192.0.2.17"),
        (addresses.domain, "exa mple.org"),
        (addresses.domain, f"{'a' * 64}.org"),
        (addresses.domain, "-a.example.org"),
        (addresses.domain, "example..org"),
        (addresses.domain, "example.0x7f"),
        (addresses.ip, "192.0.2.0/24"),
        (addresses.ip, "127.0.0.1"),
        (addresses.ip, "192.168.1.1"),
        (addresses.ip, "::1"),
        (addresses.ip, "fe80::1%eth0"),
        (addresses.ip, "192.0.2.017"),
        (addresses.ip, "example.org"),
        (addresses.email, "somebody"),
        (addresses.email, "some body@example.org"),
        (addresses.email, "somebody@localhost"),
        (addresses.email, f"{'a' * 65}@example.org"),
        (addresses.email, "ünicode@example.org"),
        (addresses.phone, "555 0100"),
        (addresses.phone, "+49 (0)555 0100"),
        (addresses.phone, "0049 555 0100"),
        (addresses.phone, "+1555"),
        (addresses.phone, "+1555010011700000"),
        (addresses.phone, "+1 555 0100 ext 17"),
    ],
)
def test_what_is_none_of_them_is_refused(read: Callable[[str], Normal], entered: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read(entered)
    assert caught.value.pointer == "/value"
