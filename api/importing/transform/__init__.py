# SPDX-License-Identifier: Apache-2.0
"""Carrying out a mapping: one row becomes planned events or one refusal."""
