# SPDX-License-Identifier: Apache-2.0
"""The database schema as numbered SQL files."""
