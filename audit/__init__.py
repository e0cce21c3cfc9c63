# SPDX-License-Identifier: Apache-2.0
"""Proof of what happened."""
