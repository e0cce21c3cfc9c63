# SPDX-License-Identifier: Apache-2.0
"""Projections on the command line: where they stand, and what others follow of them."""
