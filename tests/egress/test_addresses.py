"""Nothing but the public internet is called, whatever a name says it is."""

from __future__ import annotations

import socket
import threading
import time
from ipaddress import ip_address

import pytest

from app.egress.addresses import (
    MOST_ADDRESSES,
    Egress,
    NotCallableError,
    ask_system,
    callable_addresses,
    is_public,
    target_of,
)
from tests.factories.https_servers import HOST, resolving

PUBLIC = ("93.184.215.14", "8.8.8.8", "192.0.1.1", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "2001:4860:4860::8888")
NOT_PUBLIC = (
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254"),  # noqa: S104  # no binding
    *("172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.1.1"),
    *("198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "233.252.0.1", "239.1.1.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8"),
    *("64:ff9b::127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
    *("2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd00::1"),
    *("fe80::1", "fec0::1", "ff02::1", "ff0e::1", "4000::1", "2a00::5efe:127.0.0.1", "2a00::200:5efe:10.0.0.1"),
)


@pytest.mark.parametrize("text", PUBLIC)
def test_addresses_of_the_public_internet_are_called(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_other_addresses_are_not(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_one_address_that_is_not_public_among_others_is_enough(text: str) -> None:
    with pytest.raises(NotCallableError):
        callable_addresses(Egress(resolve=resolving(PUBLIC[0], text, PUBLIC[1])), HOST, "a")


@pytest.mark.parametrize("found", [("fe80::1%eth0",), ("2606:2800::1%1",), ("nonsense",), PUBLIC[:1] * (MOST_ADDRESSES + 1)])
def test_what_is_no_plain_address_or_too_much_is_not_called(found: tuple[str, ...]) -> None:
    with pytest.raises(NotCallableError):
        callable_addresses(Egress(resolve=resolving(*found)), HOST, "a")


def test_every_address_is_given_once_in_order() -> None:
    assert callable_addresses(Egress(resolve=resolving(PUBLIC[1], PUBLIC[0], PUBLIC[1])), HOST, "a") == [
        ip_address(PUBLIC[1]),
        ip_address(PUBLIC[0]),
    ]


def test_an_address_that_is_named_is_called_and_its_neighbour_is_not() -> None:
    named = frozenset({ip_address("127.0.0.1")})
    egress = Egress(also_addresses=named, resolve=resolving("127.0.0.1"))
    assert callable_addresses(egress, HOST, "a") == [ip_address("127.0.0.1")]
    with pytest.raises(NotCallableError):
        callable_addresses(Egress(also_addresses=named, resolve=resolving("127.0.0.2")), HOST, "a")


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://hooks.example.org", ("hooks.example.org", 443, "/")),
        ("https://hooks.example.org/", ("hooks.example.org", 443, "/")),
        ("https://hooks.example.org?a=b", ("hooks.example.org", 443, "/?a=b")),
        ("https://xn--bcher-kva.example.org/a/b?c=%20&d", ("xn--bcher-kva.example.org", 443, "/a/b?c=%20&d")),
        ("https://hooks.example.org:443/a", ("hooks.example.org", 443, "/a")),
    ],
)
def test_a_url_is_taken_apart(url: str, parts: tuple[str, int, str]) -> None:
    target = target_of(Egress(), url)
    assert (target.host, target.port, target.path) == parts


@pytest.mark.parametrize(
    "url",
    [
        *("http://hooks.example.org/", "HTTPS://hooks.example.org/", "ftp://hooks.example.org/", "//hooks.example.org/", ""),
        *(
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://1.1/",
        ),
        *("https://hooks.example.org.0x7f/", "https://hooks.example.org.1/", "https://localhost/", "https://hooks/"),
        *("https://user@hooks.example.org/", "https://user:word@hooks.example.org/", "https://hooks.example.org@127.0.0.1/"),
        *("https://hooks.example.org\\@127.0.0.1/", "https://hooks.example.org#@127.0.0.1/", "https://hooks.example.org/#part"),
        *("https://hooks.example.org:8443/", "https://hooks.example.org:0443/", "https://hooks.example.org:99999/"),
        *("https://hooks.example.org:/", "https://hooks.example.org./", "https://hooks..example.org/", "https://-a.example.org/"),
        *("https://hooks.example.org/a b", "https://hooks.example.org/a\r\nHost: b", "https://hooks.example.org/\n"),
        *(
            "https://bücher.example.org/",
            "https://hooks.example.org/ü",
            "https://\uff48ooks.example.org/",
            "https://hooks\u3002example.org/",
        ),
        *(f"https://{'a' * 64}.example.org/", f"https://{'a.' * 126}org/", f"https://hooks.example.org/{'a' * 1_000}"),
    ],
)
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(NotCallableError):
        target_of(Egress(), url)


def test_another_port_is_called_where_it_is_allowed() -> None:
    assert target_of(Egress(frozenset({443, 8443})), "https://hooks.example.org:8443/").port == 8443


def test_names_under_localhost_are_this_machine_which_is_not_public() -> None:
    assert ask_system("hooks.localhost") == ["127.0.0.1"]
    with pytest.raises(NotCallableError):
        callable_addresses(Egress(), "hooks.localhost", "a-partner")


def test_the_systems_resolver_is_asked() -> None:
    assert "127.0.0.1" in ask_system("localhost")


def test_a_resolver_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def silent(*_: object, **__: object) -> list[object]:
        answered.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    began_at = time.monotonic()
    with pytest.raises(OSError, match="no address"):
        callable_addresses(Egress(look_up_seconds=0.1), HOST, "a")
    assert time.monotonic() - began_at < 5
    answered.set()


def test_a_name_that_nobody_knows_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(socket.gaierror):
        callable_addresses(Egress(), HOST, "a")
