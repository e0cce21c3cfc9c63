# SPDX-License-Identifier: Apache-2.0
"""The map of every stream's newest event, which tells a light verifier what is the latest."""
