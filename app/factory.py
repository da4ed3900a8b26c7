"""Wiring: from settings to a running exchange and its web application. The only module that knows everything.

Owns which parts are put together, and nothing of what they do. Kept by ``tests/test_factory.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, replace
from datetime import timedelta
from importlib.util import find_spec

from flask import Flask

from app.config.depots import BucketPlace, FolderPlace
from app.config.reading import SettingsError
from app.config.settings import Settings
from app.crypto.seal import CursorSealer
from app.depot.bucket import BucketDepot
from app.depot.bucket_client import BucketAccess, BucketClient
from app.depot.folder import FolderDepot
from app.depot.port import Depot
from app.domain.errors import BreakwaterError, UnavailableError
from app.domain.openid import OpenIdProvider
from app.domain.paging import CALL_EVERYWHERE, Duty, EmergencyContact
from app.domain.retention import RetentionRule
from app.domain.usage import Budgets
from app.domain.vocabulary import KeyUsage
from app.egress.addresses import Egress
from app.egress.provider_calls import ProviderCalls
from app.http import api
from app.http.problems import problem
from app.mail.relay import Relay
from app.policy.prevention import LEAST_BETWEEN_RELEASES
from app.portal.application import PREFIX as PORTAL
from app.portal.application import create_portal
from app.services.exchange import Exchange, ExchangeKeys
from app.services.proving.kept_checkpoint import begin_unproven
from app.services.retention.bring_back import catch_up
from app.signer.client import RemoteKey, SignerClient
from app.signer.evaluations import open_evaluations
from app.signer.remote_evaluator import RemoteEvaluator
from app.storage.session import Database
from app.taxii import interface as taxii
from app.taxii.blueprint import PREFIX as TAXII
from app.taxii.errors import taxii_error
from app.tracing.port import OFF, Tracer
from app.web import application
from app.web.client_network import trust_proxies
from breakwater_client.trust.keys import PrivateKey

_OTHER_CONNECTIONS = 4  # who calls people, who keeps the checkpoint, who announces work, and readiness
_PROVIDER_SECONDS = 5.0  # somebody waits for it at a page
_CONNECTIONS_OF_A_WORKER = 2  # one to do it with, one to hold it with


def create_exchange(settings: Settings) -> Exchange:
    """Give the exchange that the settings describe. The database is not connected to yet.

    Raises:
        SettingsError: a key file that is absent, refused or no key.
    """
    try:
        keys = _keys(settings)
        sealer = CursorSealer(settings.read_cursor_keys())
    except BreakwaterError as exc:
        raise SettingsError(f"A key file is not usable: {exc.sentence}") from exc
    working = _CONNECTIONS_OF_A_WORKER * sum(settings.lanes.values())
    database = Database(settings.database_url, pool_size=settings.threads + working + _OTHER_CONNECTIONS)
    tracer = _tracer(settings)
    if tracer.is_on:
        database.around = lambda kind: tracer.span(f"database {kind}")
    return Exchange(
        database,
        keys,
        sealer,
        relay=_relay(settings),
        duty=_duty(settings),
        checkpoint_every=timedelta(seconds=settings.checkpoint_seconds),
        release_every=_release_every(settings),
        checkpoint_file=settings.checkpoint_file,
        erasure_journal=settings.erasure_journal,
        depots=_depots(settings),
        retention=_retention(settings),
        egress=_egress(settings),
        providers=_providers(settings),
        provider_calls=ProviderCalls(_provider_egress(settings)),
        budgets=Budgets(**{one.name: getattr(settings, one.name) for one in fields(Budgets)}),
    )


def _release_every(settings: Settings) -> timedelta:
    every = timedelta(days=settings.prevention_release_days)
    if every < LEAST_BETWEEN_RELEASES:
        raise SettingsError(f"BREAKWATER_PREVENTION_RELEASE_DAYS must be {LEAST_BETWEEN_RELEASES.days} or more.")
    return every


def _depots(settings: Settings) -> Mapping[str, Depot]:
    """Give where exports are laid, by the names of the settings. No place is looked at yet."""
    return {name: _depot(settings, place) for name, place in settings.export_targets.items()}


def _depot(settings: Settings, place: FolderPlace | BucketPlace) -> Depot:
    if isinstance(place, FolderPlace):
        return FolderDepot(place.path.absolute(), makes_root=place.is_own)
    if not _is_installed("boto3"):
        raise SettingsError("BREAKWATER_EXPORT_TARGETS names a bucket, for which breakwater[s3] has to be installed.")
    access = BucketAccess(settings.s3_region, settings.s3_endpoint, settings.read_s3_credentials(), settings.s3_authorities)
    return BucketDepot(BucketClient(place.bucket, access), place.prefix)


def _is_installed(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except ValueError:  # it was hidden from this process
        return False


def _tracer(settings: Settings) -> Tracer:
    """Give who takes steps down, if that is asked for; the library for it is an extra."""
    if settings.telemetry == "off":
        return OFF
    try:
        from app.tracing.otlp import OtlpTracer  # noqa: PLC0415  # an extra
    except ImportError:
        raise SettingsError("BREAKWATER_TELEMETRY is on, and its extra is not installed: breakwater[telemetry].") from None
    return OtlpTracer()


def _retention(settings: Settings) -> RetentionRule:
    """Give how long things are stored: the published times, made shorter where the settings say so."""
    try:
        return RetentionRule(settings.retention_days or {})
    except BreakwaterError as exc:
        raise SettingsError("BREAKWATER_RETENTION_DAYS names a kind that is not in docs/retention.md, or more days.") from exc


def _keys(settings: Settings) -> ExchangeKeys:
    """Give the exchange's keys: the signer's where one is named, so that this process reads none of their files."""
    if settings.signer_socket is None:
        files = (settings.read_signing_key(), settings.read_directory_key(), settings.read_checkpoint_key())
        own = [PrivateKey.from_pem(one) for one in files]
        spent = settings.overlap_key.with_suffix(".spent")
        evaluations = open_evaluations(settings.read_overlap_key(), spent, settings.evaluations_per_day)
        return ExchangeKeys(own[0], own[1], own[2], overlap=evaluations)
    client = SignerClient(settings.signer_socket)
    statements = RemoteKey(client, KeyUsage.STATEMENT_SIGNING)
    directory = RemoteKey(client, KeyUsage.DIRECTORY_SIGNING)
    checkpoints, evaluator = RemoteKey(client, KeyUsage.CHECKPOINT_SIGNING), RemoteEvaluator(client)
    return ExchangeKeys(statements, directory, checkpoints, check=statements.check, overlap=evaluator)


def _egress(settings: Settings) -> Egress:
    """Give what may be called: the public internet at port 443, unless the settings say more."""
    usual = Egress(ca_file=settings.webhook_ca_file)
    ports, addresses = settings.webhook_ports or usual.ports, settings.webhook_addresses or usual.also_addresses
    return replace(usual, ports=ports, also_addresses=addresses)


def _providers(settings: Settings) -> tuple[OpenIdProvider, ...]:
    """Give the providers with whose accounts people may sign in, with their secrets; none of them is asked yet."""
    return tuple(
        OpenIdProvider(one.name, one.title, one.issuer, one.client_id, one.read_secret(settings.mode), one.people)
        for one in settings.read_openid_providers()
    )


def _provider_egress(settings: Settings) -> Egress:
    """Give what may be called for them: the public internet, addresses of the settings, and the ports of their issuers."""
    ports = {443, *(one.port for one in settings.read_openid_providers())}
    usual = Egress(frozenset(ports), settings.oidc_addresses or frozenset(), settings.oidc_ca_file)
    return replace(usual, call_seconds=_PROVIDER_SECONDS, look_up_seconds=_PROVIDER_SECONDS)


def _relay(settings: Settings) -> Relay | None:
    server = settings.smtp_url
    if server is None or settings.mail_from is None:
        return None
    password = settings.read_smtp_password()
    return Relay(server.host, server.port, server.security, settings.mail_from, server.user, password)


def _duty(settings: Settings) -> Duty:
    named = settings.read_emergency_contacts()
    contacts = [
        EmergencyContact(None if place == "default" else place, one["name"], one["call"])
        for place, several in named.items()
        for one in several
    ]
    return Duty(
        origin=settings.origin,
        acknowledge_within=timedelta(minutes=settings.acknowledge_minutes),
        alarm_to=settings.alarm_to or (),
        emergency_contacts=(*(() if named.get("default") else CALL_EVERYWHERE), *contacts),
    )


def _heed_journal(exchange: Exchange) -> None:
    """Erase once more what a database that was brought back still holds. One that is away is asked again by the poller."""
    with suppress(UnavailableError):
        catch_up(exchange)


def create_app(settings: Settings, exchange: Exchange | None = None) -> Flask:
    """Give the web application of an exchange (a given one, or the one that the settings describe).

    One that keeps a checkpoint is compared with its database first, and takes nothing in if they do not agree.

    Raises:
        SettingsError: as in ``create_exchange``.
    """
    app = Flask(__name__, static_folder=None)
    exchange = exchange or create_exchange(settings)
    begin_unproven(exchange)
    _heed_journal(exchange)
    logged = application.Logging(settings.log_level, settings.log_format)
    application.lead_browsers(app, PORTAL)
    application.install(app, exchange, logged, {"": problem, TAXII: taxii_error})
    api.install(app)
    taxii.install(app)
    application.mount(app, PORTAL, create_portal(exchange, logged))
    trust_proxies(app, settings.proxies)
    return app
