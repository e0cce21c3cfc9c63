# SPDX-License-Identifier: Apache-2.0
"""Bringing back what was lost: entries from a copy, the signer's state from witnesses."""
