# SPDX-License-Identifier: Apache-2.0
"""What leaves the ledger for others to verify: the whole log, or one firearm's evidence."""
