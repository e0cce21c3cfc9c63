# SPDX-License-Identifier: Apache-2.0
"""Everything that was found about a ledger, by whomever, in one list."""
