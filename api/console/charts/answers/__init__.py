# SPDX-License-Identifier: Apache-2.0
"""Pictures of what the ledger answers: statistics, and the history of a firearm."""
