# SPDX-License-Identifier: Apache-2.0
"""What the command that serves tells the processes that it starts.

They are new programs and get nothing else; the rest is in the environment, as it was there.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from api.service.settings import ServiceSettings
from api.settings import Settings

HOME: Final = "_SERVED_HOME"
DATABASE: Final = "_SERVED_DATABASE"
SERVICE: Final = "_SERVED_SETTINGS"
APPENDER: Final = "_SERVED_APPENDER"


def tell_processes(
    settings: Settings, service: ServiceSettings, *, appender: Path | None = None
) -> None:
    """Tell the processes that are started from now on what to serve.

    Args:
        settings: Where the ledger lives.
        service: How it is served.
        appender: Socket of the process that appends for all of them; nothing if each appends.
    """
    os.environ[HOME] = str(settings.home)
    os.environ[DATABASE] = settings.database_url or ""
    os.environ[SERVICE] = service.model_dump_json()
    os.environ[APPENDER] = str(appender or "")


def told_settings() -> Settings:
    """Give the settings that were told.

    The vault's keys are looked for where every other program of this ledger finds them.
    """
    home, database_url = Path(os.environ[HOME]), os.environ.get(DATABASE) or None
    return replace(Settings.from_environment(), home=home, database_url=database_url)


def told_service() -> ServiceSettings:
    """Give how the ledger is served, as it was told."""
    return ServiceSettings.model_validate_json(os.environ[SERVICE])


def told_appender() -> Path | None:
    """Give the socket of the process that appends for all processes, if there is one."""
    told = os.environ.get(APPENDER)
    return Path(told) if told else None
