# SPDX-License-Identifier: Apache-2.0
"""Where personal data lives: sealed values in the database, keys apart from it."""
