# SPDX-License-Identifier: Apache-2.0
"""Mapping files: which column of a register becomes which member of which event."""
