# SPDX-License-Identifier: Apache-2.0
"""Verifying a whole log: entries, chains and the tree, in little memory on every core."""
