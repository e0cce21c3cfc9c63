# SPDX-License-Identifier: Apache-2.0
"""Importing a legacy register: rows of a file become signed events or named refusals."""
