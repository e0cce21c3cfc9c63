# SPDX-License-Identifier: Apache-2.0
"""How the service of a ledger runs: ``service.toml`` in the data directory.

The file holds no secret. It names the file or the environment variable that does, and is
read as a whole: an unknown name in it is an error, since it would be a setting that somebody
believes in.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import SplitResult, urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from domain.catalogue import CATALOGUE
from domain.errors import UsageError

SERVICE_FILE: Final = "service.toml"
SERVICE_OCTETS_MAX: Final = 65_536
SECRET_OCTETS_MAX: Final = 4_096
WORKERS_MAX: Final = 64
APPEND_RATE_MAX: Final = 1_000_000
CONTEXTS_MAX: Final = 16
APPROVALS_MAX: Final = 256
EVERY_SECONDS_MAX: Final = 86_400
APPROVED: Final = (
    *("erasure.proposed", "erasure.approved"),
    *("firearm.destroyed", "component.destroyed", "lot.destroyed", "lot.ammunition-destroyed"),
    *("key.enrol-proposed", "key.enrol-approved", "key.rotated", "key.reinstated", "key.revoked"),
    *("role.granted", "role.withdrawn", "authority.registered", "alg.policy"),
)
"""Events of high impact: erasure, destruction, keys and roles (envelope specification, section 0).
A key is suspended without delay, since that is how a stolen one is stopped."""

LOOPBACK: Final = frozenset(("127.0.0.1", "::1", "localhost"))


def is_loopback(host: str | None) -> bool:
    """Tell whether a host name in an address means this machine, by its spelling alone."""
    return host in LOOPBACK


def _address(text: str) -> SplitResult:
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("an address has no spaces and no letters beyond ASCII")
    parts = urlsplit(text)
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
    if not secure or not parts.hostname or parts.port == 0:
        raise ValueError("it must be an https address, or http on 127.0.0.1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("it must have no user, query or fragment")
    return parts


def _origin(text: str) -> str:
    parts = _address(text)
    if parts.path or text != text.lower():
        raise ValueError("an origin is scheme, host and port in lower case, with no slash behind")
    if parts.port == {"https": 443, "http": 80}[parts.scheme]:
        raise ValueError("browsers leave the usual port out of an origin; so must this")
    return text


def _checked(text: str) -> str:
    _address(text)
    return text


def _replica(url: str) -> str:
    try:
        fields = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise ValueError("it must be a libpq URL or connection string") from error
    if fields.get("password"):
        raise ValueError("it must hold no password; use a passfile or a client certificate")
    return url


def _event_type(name: str) -> str:
    if name not in {kind.evt for kind in CATALOGUE}:
        raise ValueError("this version knows no event type of that name")
    return name


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Bind(_Section):
    """Where the service listens.

    Attributes:
        host: Address of the machine to listen on.
        port: TCP port.
    """

    host: Annotated[str, Field(min_length=1, max_length=255)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 8080


class Oidc(_Section):
    """The OpenID Connect provider by which people log in.

    Attributes:
        issuer: The provider's issuer identifier, character by character; it is discovered.
        client_id: What the provider calls this service.
        client_secret_file: File of the secret, relative to the data directory.
        client_secret_variable: Environment variable of the secret instead.
        acr_values: Authentication contexts, any of which is good enough for a step-up.
        amr_values: Authentication methods, any of which is good enough for a step-up.
    """

    issuer: Annotated[str, AfterValidator(_checked)]
    client_id: Annotated[str, Field(min_length=1, max_length=255)]
    client_secret_file: Annotated[str, Field(min_length=1)] | None = None
    client_secret_variable: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    acr_values: Annotated[list[str], Field(max_length=CONTEXTS_MAX)] = []
    amr_values: Annotated[list[str], Field(max_length=CONTEXTS_MAX)] = []

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if (self.client_secret_file is None) == (self.client_secret_variable is None):
            raise ValueError("it names either client_secret_file or client_secret_variable")
        return self

    @property
    def steps_up(self) -> bool:
        """Whether a fresh log-in at the provider can be good enough to sign and approve."""
        return bool(self.acr_values or self.amr_values)


class Erasure(_Section):
    """Who works off what is to be erased, and how often.

    Attributes:
        key_file: Key file with the role ``service``, or ``STW`` where it proposes, too; relative
            to the data directory.
        passphrase_file: File of its passphrase, relative to the data directory.
        passphrase_variable: Environment variable of its passphrase instead.
        propose_under: Policy under which what is due is proposed; none where people propose.
        every_seconds: How long to wait between two looks.
    """

    key_file: Annotated[str, Field(min_length=1)]
    passphrase_file: Annotated[str, Field(min_length=1)] | None = None
    passphrase_variable: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    propose_under: Annotated[str, Field(min_length=1)] | None = None
    every_seconds: Annotated[int, Field(ge=60, le=EVERY_SECONDS_MAX)] = 3_600

    @model_validator(mode="after")
    def _one_passphrase(self) -> Self:
        if (self.passphrase_file is None) == (self.passphrase_variable is None):
            raise ValueError("it names either passphrase_file or passphrase_variable")
        return self


class Telemetry(_Section):
    """Where spans of requests are sent; needs the extra ``telemetry``.

    Attributes:
        endpoint: Address of a collector that takes OTLP over HTTP, path and all.
        share: Part of the requests that are told, from 0 to 1.
    """

    endpoint: Annotated[str, AfterValidator(_checked)]
    share: Annotated[float, Field(ge=0, le=1)] = 1.0


class ServiceSettings(_Section):
    """How the service runs.

    Attributes:
        origin: Public origin, as browsers write it; what the Host header says is never believed.
        bind: Where it listens.
        workers: Processes behind the one port.
        append_rate: Events a second that are recorded for one key, in the long run.
        reader_url: A streaming replica for readers, as a libpq URL or connection string.
        oidc: How people log in by OpenID Connect; none where they do not.
        passkeys: Whether people log in and step up by passkey.
        synced_passkeys: Whether passkeys that leave their device are good enough.
        approvals: Event types that an officer who logs in here also approves by passkey.
        erasure: What works off erasures; none where it is done by hand.
        telemetry: Where spans of requests are sent; none where nobody watches.
        loopback_webhooks: Whether webhooks may go to this machine, by http too: for tests.
        proxies: Proxies whose headers are believed: none, ever.
    """

    origin: Annotated[str, AfterValidator(_origin)]
    bind: Bind = Bind()
    workers: Annotated[int, Field(ge=1, le=WORKERS_MAX)] = 1
    append_rate: Annotated[int, Field(ge=1, le=APPEND_RATE_MAX)] = 50
    reader_url: Annotated[str, AfterValidator(_replica)] | None = None
    oidc: Oidc | None = None
    passkeys: bool = True
    synced_passkeys: bool = False
    approvals: Annotated[
        list[Annotated[str, AfterValidator(_event_type)]], Field(max_length=APPROVALS_MAX)
    ] = list(APPROVED)
    erasure: Erasure | None = None
    telemetry: Telemetry | None = None
    loopback_webhooks: bool = False
    proxies: Literal["none"] = "none"

    @model_validator(mode="after")
    def _somebody_can_step_up(self) -> Self:
        if self.oidc is not None and not self.passkeys and not self.oidc.steps_up:
            raise ValueError(
                "nobody could step up: allow passkeys, or name acr_values or amr_values of oidc"
            )
        return self

    @property
    def approved(self) -> frozenset[str]:
        """Event types that need an approval; none where nobody could give one."""
        return frozenset(self.approvals if self.passkeys else ())

    @property
    def host(self) -> str:
        """Host of the origin: the relying party of passkeys."""
        return urlsplit(self.origin).hostname or ""

    @classmethod
    def read(cls, home: Path) -> ServiceSettings:
        """Read the settings of a data directory.

        Raises:
            UsageError: ``service_settings``, there are none or they cannot be used.
        """
        path = home / SERVICE_FILE
        try:
            with path.open("rb") as file:
                octets = file.read(SERVICE_OCTETS_MAX + 1)
            if len(octets) > SERVICE_OCTETS_MAX:
                raise unusable(path, f"it has more than {SERVICE_OCTETS_MAX} octets")
            return cls.model_validate(tomllib.loads(octets.decode()))
        except OSError as error:
            raise unusable(path, f"it cannot be read: {error.strerror}") from error
        except ValidationError as error:
            raise unusable(path, _told(error)) from error
        except ValueError as error:
            raise unusable(path, "it is not TOML") from error


def client_secret(oidc: Oidc, home: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Read the secret that the service shares with its OpenID Connect provider.

    Raises:
        UsageError: ``service_settings``, it is not there, empty, or open to other users.
    """
    return _secret(
        oidc.client_secret_file, oidc.client_secret_variable, home=home, environment=environment
    )


def key_passphrase(
    erasure: Erasure, home: Path, environment: Mapping[str, str] = os.environ
) -> str:
    """Read the passphrase of the key that works erasures off.

    Raises:
        UsageError: ``service_settings``, it is not there, empty, or open to other users.
    """
    return _secret(
        erasure.passphrase_file, erasure.passphrase_variable, home=home, environment=environment
    )


def _secret(
    name: str | None, variable: str | None, *, home: Path, environment: Mapping[str, str]
) -> str:
    if variable is not None:
        found = environment.get(variable, "").strip()
        if not found:
            raise unusable(home / SERVICE_FILE, f"{variable} is not set")
        return found
    path = home / (name or "")
    try:
        with path.open(encoding="utf-8") as file:
            shared = os.fstat(file.fileno()).st_mode & 0o077
            found = file.read(SECRET_OCTETS_MAX).strip()
    except (OSError, ValueError) as error:
        raise unusable(home / SERVICE_FILE, f"the secret {path} cannot be read") from error
    if not found or shared:
        raise unusable(
            home / SERVICE_FILE, f"the secret {path} is {'open to others' if shared else 'empty'}"
        )
    return found


def unusable(path: Path, reason: str) -> UsageError:
    """Give the error of settings that the service cannot run by."""
    return UsageError(
        f"The service settings in {path} cannot be used: {reason}.",
        slug="service_settings",
        next_step="Correct the file as docs/service-settings.md shows.",
    )


def _told(error: ValidationError) -> str:
    """Say what is wrong without the value, which may be a secret in a wrong place."""
    return "; ".join(_problem(each) for each in error.errors(include_input=False))


def _problem(found: Mapping[str, Any]) -> str:
    name = ".".join(map(str, found["loc"])) or "as a whole"
    return f"{name}: {found['msg'].removeprefix('Value error, ')}"
