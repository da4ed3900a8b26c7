"""Settings: from the environment to one frozen value, and the reading of the files that it names.

Owns every ``BREAKWATER_…`` variable of the server and its default; nothing else reads the environment. How one value is read and
refused is its neighbours'. Known to factory and ``__main__`` only. Kept by ``tests/config/test_settings.py``;
``tests/promises/test_http_documents.py`` keeps ``docs/settings.md`` complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.config.broker import read_broker_url
from app.config.database import read_database_url
from app.config.depots import ExportTargets, read_export_targets, read_s3_endpoint, read_s3_region
from app.config.egress import IpAddress, read_ca_file, read_called_addresses, read_ports
from app.config.emergency_contacts import read_emergency_contacts
from app.config.key_files import read_cursor_keys, read_overlap_key, read_password, read_pem, read_s3_credentials
from app.config.lanes import LANES, read_work_threads
from app.config.mail import MailServer, check_mail, read_address, read_addresses, read_mail_server
from app.config.network import read_bind, read_public_origin
from app.config.openid_providers import ProviderEntry, read_openid_providers, read_provider_addresses
from app.config.reading import PREFIX, Mode, count, counts, one_of, path

_LOG_LEVELS = ("debug", "info", "warning", "error")
_LOG_FORMAT = {Mode.PRODUCTION: "json", Mode.DEVELOPMENT: "text"}
_MOST_THREADS = 256
_MOST_MINUTES = 240
_MOST_SECONDS = 86_400
_MOST_DAYS = 3_650
_MOST_A_DAY = 1_000_000_000
_PROXIES = ("0", "1", "2", "3")
_WORK = ("here", "elsewhere")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server is started with. Field names are those of the variables, in lower case and without the prefix.

    ``public_origin`` is how partners reach the exchange (scheme, host and port, no path), None for a loopback server.
    ``bind`` is ``host:port``, the host of IPv6 in brackets; port 0 takes a free one. ``smtp_url`` None: no mail is sent.
    ``signer_socket`` None: whoever signs reads the key files itself. ``work`` says whether servers do the ledger's work
    (``here``) or leave it to ``breakwater worker`` (``elsewhere``); ``work_threads`` are the lanes that are done.
    """

    home: Path
    database_url: str = field(repr=False)
    database_password_file: Path | None
    signing_key: Path
    directory_key: Path
    checkpoint_key: Path
    cursor_keys: Path
    overlap_key: Path
    signer_socket: Path | None
    mode: Mode
    public_origin: str | None
    bind: str
    proxies: int
    workers: int
    threads: int
    log_level: str
    log_format: str
    telemetry: str
    smtp_url: MailServer | None
    smtp_password_file: Path | None
    mail_from: str | None
    alarm_to: tuple[str, ...] | None = field(repr=False)
    acknowledge_minutes: int
    emergency_contacts: Path | None
    webhook_ports: frozenset[int] | None
    webhook_addresses: frozenset[IpAddress] | None
    webhook_ca_file: Path | None
    oidc_providers: Path | None
    oidc_addresses: frozenset[IpAddress] | None
    oidc_ca_file: Path | None
    checkpoint_file: Path
    checkpoint_seconds: int
    prevention_release_days: int
    erasure_journal: Path
    export_targets: ExportTargets
    s3_endpoint: str | None
    s3_region: str
    s3_credentials_file: Path | None
    s3_authorities: Path | None
    retention_days: Mapping[str, int] | None
    versions_per_day: int
    lookups_per_day: int
    evaluations_per_day: int
    objects_per_day: int
    simulations_per_day: int
    staff_lookups_per_day: int
    access_requests_per_day: int
    work: str
    work_threads: Mapping[str, int] | None
    broker_url: str | None = field(repr=False)
    broker_password_file: Path | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Give the settings of an environment; what is not set or empty has its default. Other variables are not looked at.

        The database's password is read from its file if one is named. Key files are NOT read: that is ``read_signing_key`` and
        ``read_cursor_keys``, for ``breakwater init`` makes them.

        Raises:
            SettingsError: a value that is not what the variable takes, or that production does not allow.
        """
        given = {name: environment.get(f"{PREFIX}{name}") or None for name in SETTINGS}
        home = Path(given["HOME"] or "var/breakwater")
        password_file = path(given["DATABASE_PASSWORD_FILE"])
        mode = Mode(one_of("MODE", given["MODE"], tuple(Mode), Mode.PRODUCTION))
        bind = read_bind(given["BIND"] or "127.0.0.1:8000")
        check_mail(given)
        return cls(
            home=home,
            database_url=read_database_url(given["DATABASE_URL"] or f"sqlite:///{home / 'breakwater.db'}", password_file, mode),
            database_password_file=password_file,
            signing_key=Path(given["SIGNING_KEY"] or home / "keys" / "signing.pem"),
            directory_key=Path(given["DIRECTORY_KEY"] or home / "keys" / "directory.pem"),
            checkpoint_key=Path(given["CHECKPOINT_KEY"] or home / "keys" / "checkpoint.pem"),
            cursor_keys=Path(given["CURSOR_KEYS"] or home / "keys" / "cursor.keys"),
            overlap_key=Path(given["OVERLAP_KEY"] or home / "keys" / "overlap.key"),
            signer_socket=path(given["SIGNER_SOCKET"]),
            mode=mode,
            public_origin=read_public_origin(given["PUBLIC_ORIGIN"], bind, mode),
            bind=bind,
            proxies=int(one_of("PROXIES", given["PROXIES"], _PROXIES, _PROXIES[0])),
            workers=count("WORKERS", given["WORKERS"], 2, _MOST_THREADS),
            threads=count("THREADS", given["THREADS"], 4, _MOST_THREADS),
            log_level=one_of("LOG_LEVEL", given["LOG_LEVEL"], _LOG_LEVELS, "info"),
            log_format=one_of("LOG_FORMAT", given["LOG_FORMAT"], ("json", "text"), _LOG_FORMAT[mode]),
            telemetry=one_of("TELEMETRY", given["TELEMETRY"], ("on", "off"), "off"),
            smtp_url=read_mail_server(given["SMTP_URL"]),
            smtp_password_file=path(given["SMTP_PASSWORD_FILE"]),
            mail_from=given["MAIL_FROM"] and read_address("MAIL_FROM", given["MAIL_FROM"]),
            alarm_to=read_addresses(given["ALARM_TO"]),
            acknowledge_minutes=count("ACKNOWLEDGE_MINUTES", given["ACKNOWLEDGE_MINUTES"], 15, _MOST_MINUTES),
            emergency_contacts=path(given["EMERGENCY_CONTACTS"]),
            webhook_ports=read_ports(given["WEBHOOK_PORTS"]),
            webhook_addresses=read_called_addresses(given["WEBHOOK_ADDRESSES"], mode),
            webhook_ca_file=read_ca_file("WEBHOOK_CA_FILE", given["WEBHOOK_CA_FILE"]),
            oidc_providers=path(given["OIDC_PROVIDERS"]),
            oidc_addresses=read_provider_addresses(given["OIDC_ADDRESSES"]),
            oidc_ca_file=read_ca_file("OIDC_CA_FILE", given["OIDC_CA_FILE"]),
            checkpoint_file=Path(given["CHECKPOINT_FILE"] or home / "checkpoint"),
            checkpoint_seconds=count("CHECKPOINT_SECONDS", given["CHECKPOINT_SECONDS"], 60, _MOST_SECONDS),
            prevention_release_days=count("PREVENTION_RELEASE_DAYS", given["PREVENTION_RELEASE_DAYS"], 91, _MOST_DAYS),
            erasure_journal=Path(given["ERASURE_JOURNAL"] or home / "erasures"),
            export_targets=read_export_targets(given["EXPORT_TARGETS"], home),
            s3_endpoint=read_s3_endpoint(given["S3_ENDPOINT"]),
            s3_region=read_s3_region(given["S3_REGION"]),
            s3_credentials_file=path(given["S3_CREDENTIALS_FILE"]),
            s3_authorities=path(given["S3_AUTHORITIES"]),
            retention_days=counts("RETENTION_DAYS", given["RETENTION_DAYS"], _MOST_DAYS) or None,
            versions_per_day=count("VERSIONS_PER_DAY", given["VERSIONS_PER_DAY"], 5_000_000, _MOST_A_DAY),
            lookups_per_day=count("LOOKUPS_PER_DAY", given["LOOKUPS_PER_DAY"], 2_000, _MOST_A_DAY),
            evaluations_per_day=count("EVALUATIONS_PER_DAY", given["EVALUATIONS_PER_DAY"], 1_000, _MOST_A_DAY),
            objects_per_day=count("OBJECTS_PER_DAY", given["OBJECTS_PER_DAY"], 1_000_000, _MOST_A_DAY),
            simulations_per_day=count("SIMULATIONS_PER_DAY", given["SIMULATIONS_PER_DAY"], 500, _MOST_A_DAY),
            staff_lookups_per_day=count("STAFF_LOOKUPS_PER_DAY", given["STAFF_LOOKUPS_PER_DAY"], 50, _MOST_A_DAY),
            access_requests_per_day=count("ACCESS_REQUESTS_PER_DAY", given["ACCESS_REQUESTS_PER_DAY"], 50, _MOST_A_DAY),
            work=one_of("WORK", given["WORK"], _WORK, _WORK[0]),
            work_threads=read_work_threads(given["WORK_THREADS"]),
            broker_url=read_broker_url(given["BROKER_URL"], path(given["BROKER_PASSWORD_FILE"]), mode),
            broker_password_file=path(given["BROKER_PASSWORD_FILE"]),
        )

    @property
    def lanes(self) -> Mapping[str, int]:
        """Which lanes of work are done here, and by how many threads; one of each where nothing is set."""
        return dict.fromkeys(LANES, 1) if self.work_threads is None else self.work_threads

    @property
    def origin(self) -> str:
        """How the exchange is reached: ``public_origin``, or else plain HTTP at ``bind``."""
        return self.public_origin or f"http://{self.bind}"

    def read_signing_key(self) -> bytes:
        """Give the PEM text of the private key that signs what the exchange states; whether it is a key is NOT checked.

        Raises:
            SettingsError: no such file, or one that production refuses.
        """
        return read_pem("SIGNING_KEY", self.signing_key, self.mode)

    def read_directory_key(self) -> bytes:
        """Give the PEM text of the private key that signs the directory of keys, as ``read_signing_key``."""
        return read_pem("DIRECTORY_KEY", self.directory_key, self.mode)

    def read_checkpoint_key(self) -> bytes:
        """Give the PEM text of the private key that signs checkpoints of the log, as ``read_signing_key``."""
        return read_pem("CHECKPOINT_KEY", self.checkpoint_key, self.mode)

    def read_cursor_keys(self) -> tuple[bytes, ...]:
        """Give the keys that seal cursors, 64 bytes each, the one that seals first; all of them open.

        Raises:
            SettingsError: no such file, one that production refuses, or a line that is no base64 of 64 bytes.
        """
        return read_cursor_keys("CURSOR_KEYS", self.cursor_keys, self.mode)

    def read_overlap_key(self) -> bytes | None:
        """Give the 32 bytes of the private key of overlap checks, None where there is none.

        Raises:
            SettingsError: a file that production refuses, or one that says something else.
        """
        return read_overlap_key("OVERLAP_KEY", self.overlap_key, self.mode)

    def read_smtp_password(self) -> str | None:
        """Give the password for the mail server, None if no file is named; a line break at its end does not count.

        Raises:
            SettingsError: no such file, an empty one, or one that production refuses.
        """
        if self.smtp_password_file is None:
            return None
        return read_password("SMTP_PASSWORD_FILE", self.smtp_password_file, self.mode)

    def read_s3_credentials(self) -> tuple[str, str] | None:
        """Give the key id and the secret for a server of buckets, None if no file is named.

        Raises:
            SettingsError: no such file, one that production refuses, or one of other than two lines.
        """
        if self.s3_credentials_file is None:
            return None
        return read_s3_credentials("S3_CREDENTIALS_FILE", self.s3_credentials_file, self.mode)

    def read_openid_providers(self) -> tuple[ProviderEntry, ...]:
        """Give the OpenID providers with whose accounts people may sign in; none if no file is named.

        Raises:
            SettingsError: no such file, or one that does not say this.
        """
        return () if self.oidc_providers is None else read_openid_providers(self.oidc_providers)

    def read_emergency_contacts(self) -> dict[str, list[dict[str, str]]]:
        """Give whom to call at imminent risk, by jurisdiction (ISO 3166-1 alpha-2, or ``default``); empty if no file is named.

        Each is a mapping of ``name`` and ``call``.

        Raises:
            SettingsError: no such file, or one that does not say this.
        """
        return {} if self.emergency_contacts is None else read_emergency_contacts(self.emergency_contacts)


SETTINGS = tuple(name.upper() for name in Settings.__dataclass_fields__)
"""The variables, without the prefix."""
