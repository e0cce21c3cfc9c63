# SPDX-License-Identifier: Apache-2.0
"""What all aggregates have in common: lines of a table, rules, objections, the scene."""
