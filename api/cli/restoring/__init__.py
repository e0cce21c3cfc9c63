# SPDX-License-Identifier: Apache-2.0
"""Bringing a ledger back after a loss."""
