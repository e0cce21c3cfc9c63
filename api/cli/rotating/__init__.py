# SPDX-License-Identifier: Apache-2.0
"""Changing the keys of the log."""
