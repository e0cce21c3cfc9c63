# SPDX-License-Identifier: Apache-2.0
"""What findings, checks, keys and looks are called on the pages of the auditor.

All are message ids; a code without words is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from api.languages import marked as _

SEVERITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "violation": _("breaks a proof"),
        "gap": _("to be worked off"),
        "notice": _("to know"),
    }
)
SEVERITY_TAGS: Final[Mapping[str, str]] = MappingProxyType(
    {"violation": "bad", "gap": "warn", "notice": "plain"}
)

FINDINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "contradiction": _("Entries that do not agree"),
        "duplicate": _("Possible duplicates"),
        "flow": _("Unusual flows"),
        "handover": _("Hand-over stated by one side"),
        "lateness": _("Signed late"),
        "log": _("The log itself"),
        "movement": _("Shipments with one end"),
        "put right": _("Put right"),
        "seal": _("Seals on several firearms"),
        "sequence": _("Events in an order that cannot be"),
        "serial": _("Serials like a register number"),
        "silence": _("Nothing recorded for long"),
        "witnesses": _("Witnesses"),
    }
)

CHECKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "chain": _("Chain"),
        "checkpoint": _("Checkpoint"),
        "envelope": _("Form"),
        "inclusion": _("In the signed tree"),
        "mandate": _("Mandate"),
        "registry": _("Who may sign"),
        "rows": _("Stored columns"),
        "rules": _("Rules of the record"),
        "signature": _("Signature"),
        "time": _("Time"),
        "witnesses": _("Witnesses"),
    }
)
CHECK_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ok": _("holds"),
        "failed": _("fails"),
        "assumed": _("assumed"),
        "not checked": _("not checked"),
    }
)
CHECK_TAGS: Final[Mapping[str, str]] = MappingProxyType(
    {"ok": "good", "failed": "bad", "assumed": "warn", "not checked": "plain"}
)

KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "valid": _("valid"),
        "expired": _("expired"),
        "suspended": _("suspended"),
        "ended": _("ended"),
        "proposed": _("not approved yet"),
    }
)
KEY_TAGS: Final[Mapping[str, str]] = MappingProxyType(
    {"valid": "good", "expired": "warn", "suspended": "warn", "ended": "plain", "proposed": "plain"}
)
STANDINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "undisputed": _("nothing disputes it"),
        "disputed": _("disputed: the key was compromised, and it awaits a word"),
        "confirmed": _("the key was compromised; two officers confirmed this entry"),
        "superseded": _("the key was compromised; another entry supersedes this one"),
    }
)

PROJECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "current": _("up to date"),
        "lagging": _("behind"),
        "stopped": _("stopped by an entry"),
        "of another version": _("built anew by the next question"),
        "not built": _("built by the next question"),
    }
)

MODELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "timeline": _("Histories"),
        "marking_search": _("Search by marking"),
        "lives": _("Firearms"),
        "records": _("Other records"),
        "findings": _("Findings"),
    }
)

LAST_CHECKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ok": _("everything agrees"),
        "violated": _("something is contradicted"),
        "incomplete": _("something is missing"),
        "unusable": _("it could not be made"),
    }
)

ACTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "access.read": _("Read this access log"),
        "authorizations.read": _("Listed authorizations"),
        "duties.read": _("Listed duties"),
        "entries.read": _("Read an entry"),
        "erasure.approve": _("Looked at erasures to approve"),
        "erasure.propose": _("Looked at erasures"),
        "event.append": _("Recorded an event"),
        "feed.read": _("Followed the feed"),
        "findings.read": _("Listed findings"),
        "firearm.read": _("Read a firearm's history"),
        "holdings.read": _("Listed holdings"),
        "licences.read": _("Listed licences"),
        "log.read": _("Read the log"),
        "marking.search": _("Searched by marking"),
        "metrics.read": _("Read the metrics"),
        "people.invite": _("Invited an officer to log in"),
        "person.file": _("Opened a person's file"),
        "person.reveal": _("Saw personal data"),
        "registry.read": _("Read the registry"),
        "requests.read": _("Listed tracing requests"),
        "statistics.read": _("Read statistics"),
        "webhook.manage": _("Managed webhooks"),
    }
)
DECISIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "access_ended": _("shown no more after so many years"),
        "erased": _("it was erased"),
        "event_unknown": _("there is no such entry"),
        "invitation_own": _("nobody invites oneself"),
        "log_in_exists": _("the officer logs in already"),
        "jurisdiction_denied": _("the mandate does not reach there"),
        "not_found": _("role or mandate does not reach it, or it does not exist"),
        "purpose_denied": _("not for that purpose"),
        "purpose_missing": _("no purpose was stated"),
        "quota_exceeded": _("too often"),
        "role_denied": _("the role does not open it"),
        "step_up_needed": _("no fresh proof of who it is"),
        "unknown_caller": _("not logged in"),
    }
)
MEANS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "stranger": _("not logged in"),
        "machine": _("a machine"),
        "session": _("a person"),
        "host": _("a command on the machine of the ledger"),
    }
)

WORDS: Final = {
    "severities": SEVERITIES,
    "severity_tags": SEVERITY_TAGS,
    "findings": FINDINGS,
    "checks": CHECKS,
    "check_states": CHECK_STATES,
    "check_tags": CHECK_TAGS,
    "key_states": KEYS,
    "key_tags": KEY_TAGS,
    "standings": STANDINGS,
    "projections": PROJECTIONS,
    "models": MODELS,
    "last_checks": LAST_CHECKS,
    "actions": ACTIONS,
    "decisions": DECISIONS,
    "means": MEANS,
}
"""All of them, as templates take them."""
