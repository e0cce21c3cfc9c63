# SPDX-License-Identifier: Apache-2.0
"""The demonstration: a test ledger of its own, walked through from founding to forgery."""
