# SPDX-License-Identifier: Apache-2.0
"""Statistics: every number with its definition, its cut-off and what it leaves out."""
