# SPDX-License-Identifier: Apache-2.0
"""Checking a ledger from the inside: its rows, tiles, head and checkpoints, and its signer."""
