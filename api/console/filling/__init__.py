# SPDX-License-Identifier: Apache-2.0
"""Answers that the ledger knows already: filled in, marked as such, and changed by who likes."""
