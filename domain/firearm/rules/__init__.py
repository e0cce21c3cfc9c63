# SPDX-License-Identifier: Apache-2.0
"""The rules of firearm events, one module a group of events.

Implements the preconditions of the domain facts, section 5, and rules of section 9. A rule
sees the state at the event's place in the world; what it has against the event is an
``Objection``. Rules about the record (origin, correction) are in ``aggregate`` and
``corrections``.
"""
