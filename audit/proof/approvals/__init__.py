# SPDX-License-Identifier: Apache-2.0
"""Approvals: evidence that an officer, verified by a passkey, approved one event."""
