"""What can be observed, and what kinds of things ids name.

Kept by ``tests/portal/vocabulary/test_vocabulary.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.observation import ObservableKind, ObservableRole

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    ObservableKind: {
        ObservableKind.HANDLE: "handle (name of an account)",
        ObservableKind.ACCOUNT_ID: "number of an account",
        ObservableKind.URL: "web address",
        ObservableKind.INVITE_LINK: "invitation to a group or room",
        ObservableKind.DOMAIN: "domain name",
        ObservableKind.IP: "IP address",
        ObservableKind.ROOM_OR_STREAM_ID: "live room or stream",
        ObservableKind.WALLET: "wallet",
        ObservableKind.PHONE: "telephone number (token)",
        ObservableKind.EMAIL: "mail address (token)",
        ObservableKind.DEVICE: "device (token)",
        ObservableKind.PAYMENT_HANDLE_HMAC: "payment handle (token)",
        ObservableKind.KEYWORD_TERM: "term",
        ObservableKind.TEXT_RULE: "rule for text",
        ObservableKind.BEHAVIOURAL_RULE: "rule for behaviour",
        ObservableKind.SHA256: "hash, SHA-256",
        ObservableKind.SHA1: "hash, SHA-1",
        ObservableKind.MD5: "hash, MD5",
        ObservableKind.PDQ: "hash, PDQ",
        ObservableKind.VPDQ: "hash, vPDQ",
        ObservableKind.PHOTODNA: "hash, PhotoDNA",
        ObservableKind.NETCLEAN: "hash, NetClean",
        ObservableKind.VIDENTIFIER: "hash, Videntifier",
        ObservableKind.SAFER: "hash, Safer",
    },
    ObservableRole: {
        ObservableRole.INDICATOR: "to be detected",
        ObservableRole.CONTEXT: "part of the picture only",
    },
}
"""In the order in which they are offered."""
HELP: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    ObservableRole: {
        ObservableRole.INDICATOR: "Others look for it on their services.",
        ObservableRole.CONTEXT: "It helps people to understand; no program looks for it.",
    },
}
