# SPDX-License-Identifier: Apache-2.0
"""How the service of a ledger is set up: its settings and the key of what it seals."""
