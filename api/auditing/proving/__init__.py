# SPDX-License-Identifier: Apache-2.0
"""Proofs made while an auditor waits."""
