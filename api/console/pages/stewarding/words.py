# SPDX-License-Identifier: Apache-2.0
"""What retention and erasure are called on the pages of the data steward; all are message ids."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from api.console.forms.labels.persons import CLAIMS
from api.languages import marked as _

STATUSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "proposed": _("waits for another person"),
        "lapsed": _("not approved in time"),
        "approved": _("approved, not carried out yet"),
        "erasing": _("erased; old backups may still exist"),
        "erased": _("erased"),
    }
)
STATUS_TAGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "proposed": "warn",
        "lapsed": "plain",
        "approved": "warn",
        "erasing": "good",
        "erased": "good",
    }
)
BASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "retention_ended": _("Retention has ended"),
        "rectified": _("It was put right"),
        "ordered": _("It was ordered"),
    }
)
STARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "authorization_end": _("since the authorization ended"),
        "ban_end": _("since the ban ended"),
        "destruction": _("since the destruction"),
        "export": _("since the export"),
        "lapse": _("since the licence ended"),
        "lot_end": _("since nothing was left of the lot"),
        "refusal": _("since the refusal"),
        "service_end": _("since the end of the last key"),
        "trace_end": _("since the tracing request was closed"),
    }
)
NOTICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sent": _("told by its webhook"),
        "waiting": _("not told yet"),
        "missed": _("told, and not taken"),
        "none": _("no webhook"),
    }
)
NOTICE_TAGS: Final[Mapping[str, str]] = MappingProxyType(
    {"sent": "good", "waiting": "plain", "missed": "bad", "none": "warn"}
)

WORDS: Final = {
    "statuses": STATUSES,
    "status_tags": STATUS_TAGS,
    "bases": BASES,
    "starts": STARTS,
    "claims": CLAIMS,
    "notices": NOTICES,
    "notice_tags": NOTICE_TAGS,
}
"""All of them, as templates take them."""
