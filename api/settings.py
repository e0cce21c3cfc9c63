# SPDX-License-Identifier: Apache-2.0
"""Where a ledger lives and how it is reached: a few environment variables and one small file.

``ledger.toml`` in the data directory names the ledger; it is written once by
``muniment init`` and never changed. Secrets are files of their own and never settings.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit.signer.files import create_file
from domain.errors import UsageError
from domain.identifiers import is_authority_id

LEDGER_FILE: Final = "ledger.toml"
HOME_VARIABLE: Final = "MUNIMENT_HOME"
DATABASE_VARIABLE: Final = "MUNIMENT_DATABASE_URL"
KEYSTORE_VARIABLE: Final = "MUNIMENT_KEYSTORE_URL"
SERVICE_KEY_VARIABLE: Final = "MUNIMENT_SERVICE_KEY"
PASSPHRASE_VARIABLE: Final = "MUNIMENT_PASSPHRASE"  # noqa: S105 - the name of a variable
DEBUG_VARIABLE: Final = "MUNIMENT_DEBUG"
HOME_DEFAULT: Final = ".muniment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this process reaches a ledger.

    Attributes:
        home: Data directory: ledger file, embedded database, signer state, keys.
        database_url: A PostgreSQL of one's own; none for the embedded server.
        keystore_url: A PostgreSQL that holds the vault's data keys; none for a file.
        service_key_file: Key file of the ledger's service; none for the one in the data directory.
    """

    home: Path
    database_url: str | None = None
    keystore_url: str | None = None
    service_key_file: Path | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the variables that start with ``MUNIMENT_``."""
        service_key = environment.get(SERVICE_KEY_VARIABLE)
        return cls(
            home=Path(environment.get(HOME_VARIABLE) or HOME_DEFAULT).absolute(),
            database_url=environment.get(DATABASE_VARIABLE) or None,
            keystore_url=environment.get(KEYSTORE_VARIABLE) or None,
            service_key_file=Path(service_key).absolute() if service_key else None,
        )

    @property
    def signer_folder(self) -> Path:
        """Folder of the signer: its key and its own durable state."""
        return self.home / "signer"

    @property
    def vault_folder(self) -> Path:
        """Folder of the vault's keys, apart from the database."""
        return self.home / "keys" / "vault"

    @property
    def selector_key(self) -> Path:
        """File of the key under which the access log keeps what was searched for."""
        return self.home / "keys" / "selector.key"

    @property
    def service_key(self) -> Path:
        """Key file with which the ledger's service signs what it carried out."""
        return self.service_key_file or self.home / "keys" / "service.pem"

    @property
    def import_secret(self) -> Path:
        """File of the secret that makes the identifiers of imported rows repeatable."""
        return self.home / "keys" / "import.secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerName:
    """What a ledger is called.

    Attributes:
        audience: Its id, which every event is signed for, such as ``ledger.xa-test``.
        origin: Name of its transparency log on checkpoints.
    """

    audience: str
    origin: str

    def check(self, home: Path) -> None:
        """Check that a data directory may be given this name; makes the directory.

        Raises:
            UsageError: The directory holds a ledger already or cannot be made, or the name
                has a wrong form.
        """
        if not is_authority_id(self.audience):
            raise UsageError("A ledger's id has lower-case letters, digits, dots and hyphens.")
        if not _ORIGIN.fullmatch(self.origin):
            raise UsageError(
                "A log's origin is a name such as log.example/xa, without spaces or plus signs."
            )
        if (home / LEDGER_FILE).exists():
            raise _taken(home)
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{home} cannot be made: {error.strerror}.") from error

    def write(self, home: Path) -> None:
        """Name the ledger of a data directory, once, durably and whole.

        Raises:
            UsageError: As for ``check``.
            UnreachableError: The disk refuses.
        """
        self.check(home)
        text = f'audience = "{self.audience}"\norigin = "{self.origin}"\n'
        if not create_file(home / LEDGER_FILE, text.encode()):
            raise _taken(home)

    @classmethod
    def read(cls, home: Path) -> LedgerName:
        """Read which ledger a data directory holds.

        Raises:
            UsageError: There is none, or its file cannot be read.
        """
        try:
            fields = tomllib.loads((home / LEDGER_FILE).read_text(encoding="utf-8"))
            return cls(audience=_text(fields["audience"]), origin=_text(fields["origin"]))
        except FileNotFoundError as error:
            raise UsageError(
                f"There is no ledger in {home}.",
                next_step="Make one with `muniment init`, or set --home or MUNIMENT_HOME.",
            ) from error
        except (OSError, ValueError, KeyError) as error:
            raise UsageError(f"{home / LEDGER_FILE} cannot be read.") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("A name is a text.")  # noqa: TRY004 - the file is wrong, not the program
    return value


def _taken(home: Path) -> UsageError:
    return UsageError(f"{home} holds a ledger already.", next_step="Choose another --home.")


_ORIGIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@~-]{0,254}")
