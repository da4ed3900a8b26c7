# ruff: noqa: RUF001  # letters that look like others are the point here
"""E-mail addresses and telephone numbers are found in their many spellings, and nothing that only looks alike."""

from __future__ import annotations

import pytest

from app.stix.contact_text import find_contact
from tests.factories.runaway import no_runaway

ADDRESSES = [
    "anna@example.org",
    "Write to anna.b+c@mail.example.co.uk, please",
    "mailto:anna@example.org?subject=x",
    "<anna@example.org>",
    "ANNA@EXAMPLE.ORG",
    "anna_2014@example.museum.",
    "seen as 'o'neil@example.org'",
    "https://example.org/?mail=anna@example.org&x=1",
    "https://anna@example.org/",
    "anna@пример.испытание",
    "анна@example.org",
    "anna@xn--e1afmkfd.xn--p1ai",
    "anna[at]example[.]org",
    "anna [at] example [dot] org",
    "anna(at)example(dot)org",
    "anna {at} example {dot} org",
    "anna[@]example.org",
    "anna(a)example.org",
    "anna <at> example <dot> org",
    "anna@example[.]org",
    "anna at example dot org",
    "anna AT example DOT org",
    "anna(arroba)example.org",
    "anna＠example.org",
    "ａｎｎａ＠ｅｘａｍｐｌｅ．ｏｒｇ",
    "anna﹫example.org",
    "anna.b @ example.org",
    "anna2014@ example.org",
    "@anna@social.example.org",
]

TELEPHONES = [
    "+1 555 010 0199",
    "+1-555-010-0199",
    "+15550100199",
    "+1 (555) 010-0199",
    "call +49 30 5550100",
    "+49 (0)30 555 0100",
    "+49.30.5550.100",
    "(+63) 917 555 0199",
    "+639175550199 was seen",
    "0049 30 5550100",
    "00 49 30 5550100 tel 0049 30 5550100",
    "(555) 010-0199",
    "(555)010-0199",
    "555-010-0199",
    "555.010.0199",
    "1-555-010-0199",
    "030/5550100",
    "030 5550100",
    "0171-5550199",
    "(030) 555 0100",
    "020 7946 0958",
    "0917 555 0199",
    "06 55 50 10 99",
    "06.55.50.10.99",
    "tel. 5550100",
    "Tel: 555 0100",
    "phone number is 09175550199",
    "WhatsApp 639175550199",
    "whatsapp: +63 917 555 0199",
    "GCash 0917-555-0199",
    "телефон 8 555 010 01 99",
    "电话:13055500199",
    "هاتف ٠١٠٥٥٥٠٠١٩٩",
    "+٤٩ ٣٠ ٥٥٥٠١٠٠",
    "＋４９ ３０ ５５５０１００",
    "+49–30–5550100",
    "x phone: 5550100",
]

NEITHER = [
    "",
    "Collected 2026-01-02T10:00:00.000Z to 2026-01-03 11:30:15 +0100",
    "between 2026-01-02 and 03.01.2026, 04/01/2026 or 1.2.26",
    "case 0117-2026, order 4711-0815-2026, ticket 0171-1234567",
    "Aktenzeichen 030-1234567/26; ref: 020 7946 0958; #0171-1234567; CASE-0171-1234567; INV-2026-0042-7781",
    "CVE-2026-12345678 and CVE-2021-44228, CWE-79, ISO 8601, RFC 5322",
    "192.0.2.17, 198.51.100.200:8080, 203.0.113.0/24, 2001:db8::ff00:42:8329",
    "version 10.0.19045.3803, build 0123456789, 12.0.4-rc.1, 1.2.3.4567",
    "48.8566, 2.3522; -33.8688, 151.2093; +48.85661234, +2.35221234; 48°51'24\"N",
    "$1,234,567.00 or EUR 1 234 567,89 or 1.234.567,89 or 10000000000 IDR",
    "up by +100000000 since; +5000000000 rows; +12% and +0100",
    "555-0100, 555-0101, 2026-01-02, 2026-01-03, 192.0.2.17, 198.51.100.200",
    "1284 7731 9920 1120 5563 0017 8843 2210",
    "0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa and 00112233-4455-4677-8899-001122334455",
    "d41d8cd98f00b204e9800998ecf8427e 0123456789012345678901234567890123456789",
    "01 02 03 04 05, 05 10 15 20 25 and 00 11 22 33 44",
    "10 20 30 40 50 60 70 80 90",
    "aa:bb:cc:dd:ee:ff, 00:11:22:33:44:55, 00-11-22-33-44-55",
    "1767348000 and 1767348000123 are times of Unix",
    "steam 76561198000000000, room 123456789012, user 1234567890",
    "helpline 116 111, 116 000 and 911; port 8080-8090; 404/403",
    "called 1234567 times, the system call 4194304; call 112",
    "phone 12345678 times; SMS 2FA; tel aviv",
    "ISBN 978-3-16-148410-0, DOI 10.1000/182, ORCID 0000-0002-1825-0097",
    "pages 100-200-3000; ratio 3:2; 1/2/3; 10^10; 0.0123456789; 0-1000000",
    "the period 2019-2026 2020-2027; 30 000 000 views; 12345-6789",
    "@handle, @anna_example, https://social.example.org/@anna, #tag",
    "logo@2x.png, photo@3x.jpg, lodash@4.17.21, actions/checkout@v4, user@localhost, root@192.0.2.1",
    "look at example.org, at 10.30, at [redacted], dot. com, (a) first (b) second, array[at]",
    "We look at accounts (at least 5) in example.org. The dot com boom",
    "meet @ example, a@b, 5 @ 3.50 each, R@ndom, @@ -1,3 +1,4 @@",
    "@app.route('/x') and user@host: $ ls",
    "matrix @anna:example.org; ssh host-1@10.0.0.1",
    "0x0123456789 0b0101010101 1e10 1_000_000_000",
    "MD5 030-1, 12-34-56, 123-45-6789",
    "2026/01/02-2026/02/03 01-2026 02-2026",
    "50.4501,30.5234,+50.4501+030.5234/",
    "Sat, 03 Jan 2026 10:00:00 +0100",
    "TLP:AMBER 2026.01.02.0001",
    "Floor 5, Example City, MA 02110-1301, and 12345-6789",
]


@pytest.mark.parametrize("text", ADDRESSES)
def test_it_holds_an_address(text: str) -> None:
    assert find_contact(text) == "an e-mail address"


@pytest.mark.parametrize("text", TELEPHONES)
def test_it_holds_a_telephone_number(text: str) -> None:
    assert find_contact(text) == "a telephone number"


@pytest.mark.parametrize("text", NEITHER)
def test_it_holds_neither(text: str) -> None:
    assert find_contact(text) is None


@pytest.mark.parametrize("text", [*ADDRESSES, *TELEPHONES])
def test_it_is_found_amid_a_long_text(text: str) -> None:
    assert find_contact(f"{'Rooms open and close within minutes. ' * 30}{text} {'The review goes on. ' * 30}") is not None


@pytest.mark.parametrize(
    "text",
    [
        "@" * 65536,
        "a@" * 32768,
        "a.b@c." * 10922,
        "+1 " * 21845,
        "1" * 65536,
        "0 " * 32768,
        "(0" * 32768,
        "tel " * 16384,
        "a at b dot " * 5957,
        "[at]" * 16384,
        "( " * 32768,
        "tel. 1-" * 9362,
        "01 " * 21845,
        "1.1." * 16384,
        "a._" * 21845,
        "[" * 65536,
        "1-1-" * 16384,
        "-" * 65536,
        "-+1" * 21845,
        "a.@ " * 16384,
        "a" * 65536,
    ],
    ids=lambda text: text[:8],
)
def test_no_text_of_the_longest_length_takes_long(text: str) -> None:
    with no_runaway():
        find_contact(text)
