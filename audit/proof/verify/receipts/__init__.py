# SPDX-License-Identifier: Apache-2.0
"""Receipts: what one is worth by now, and how it comes to be worth more."""
