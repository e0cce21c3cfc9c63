# SPDX-License-Identifier: Apache-2.0
"""The door for other systems: the ledger over HTTP (console conventions, section 2)."""
