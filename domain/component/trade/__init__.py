# SPDX-License-Identifier: Apache-2.0
"""Loose components in the trade, lost and found, seized and forfeited, and across borders."""
