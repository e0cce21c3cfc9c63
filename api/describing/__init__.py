# SPDX-License-Identifier: Apache-2.0
"""What the ledger admits, told to people and programs: schemas, rules, roles, examples."""
