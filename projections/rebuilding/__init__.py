# SPDX-License-Identifier: Apache-2.0
"""Projections built anew from the log: to take the places of the old ones, or to be compared."""
