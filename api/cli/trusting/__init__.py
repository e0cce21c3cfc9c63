# SPDX-License-Identifier: Apache-2.0
"""The trust file: what a stranger has to know of a ledger, by another way than its exports."""
