# SPDX-License-Identifier: Apache-2.0
"""What every firearm was after each entry about it, and what in its record does not fit."""
