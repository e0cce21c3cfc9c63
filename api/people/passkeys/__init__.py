# SPDX-License-Identifier: Apache-2.0
"""Passkeys (WebAuthn Level 3): registration, log-in, step-up, and approval of events."""
