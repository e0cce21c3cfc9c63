# SPDX-License-Identifier: Apache-2.0
"""Counts of a stock as a whole: what was expected, what was there, what is missing or too much."""
