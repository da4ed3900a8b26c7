"""Attributes of MISP events as kinds of observables, and what is never taken of them.

Owns the tables, by MISP's own type names. Kept by ``tests/stix/test_misp_kinds.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.observation import ObservableKind
from app.domain.vocabulary import Tlp

KIND_OF_ATTRIBUTE: Mapping[str, ObservableKind] = {
    "btc": ObservableKind.WALLET,
    "domain": ObservableKind.DOMAIN,
    "email": ObservableKind.EMAIL,
    "email-dst": ObservableKind.EMAIL,
    "email-src": ObservableKind.EMAIL,
    "eppn": ObservableKind.EMAIL,
    "github-username": ObservableKind.HANDLE,
    "hostname": ObservableKind.DOMAIN,
    "ip-dst": ObservableKind.IP,
    "ip-src": ObservableKind.IP,
    "link": ObservableKind.URL,
    "md5": ObservableKind.MD5,
    "phone-number": ObservableKind.PHONE,
    "sha1": ObservableKind.SHA1,
    "sha256": ObservableKind.SHA256,
    "sigma": ObservableKind.BEHAVIOURAL_RULE,
    "twitter-id": ObservableKind.HANDLE,
    "url": ObservableKind.URL,
    "xmr": ObservableKind.WALLET,
}
"""Type of an attribute -> what it is here. Handles and wallets need the form's service, as if they were typed in."""

PERSON_TYPES = frozenset(
    {
        "country-of-residence",
        "date-of-birth",
        "first-name",
        "frequent-flyer-number",
        "full-name",
        "full-residence",
        "gender",
        "identity-card-number",
        "last-name",
        "middle-name",
        "nationality",
        "passenger-name-record-locator-number",
        "passport-country",
        "passport-expiration",
        "passport-number",
        "payment-details",
        "place-of-birth",
        "primary-residence",
        "redress-number",
        "social-security-number",
        "special-service-request",
        "target-email",
        "target-user",
        "travel-details",
        "visa-number",
        "whois-registrant-email",
        "whois-registrant-name",
        "whois-registrant-phone",
    }
)
"""Types of attributes that say who somebody is; none is taken, whatever it is wanted for."""

MATERIAL_TYPES = frozenset({"attachment", "malware-sample"})
"""Types of attributes that carry a file."""

TLP_OF_TAG: Mapping[str, Tlp] = {
    "tlp:amber": Tlp.AMBER,
    "tlp:amber+strict": Tlp.AMBER_STRICT,
    "tlp:clear": Tlp.CLEAR,
    "tlp:green": Tlp.GREEN,
    "tlp:red": Tlp.RED,
    "tlp:white": Tlp.CLEAR,
}
"""Tags of the Traffic Light Protocol, of its versions 1 and 2."""
