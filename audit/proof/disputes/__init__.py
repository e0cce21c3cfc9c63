# SPDX-License-Identifier: Apache-2.0
"""What a compromised key signed, and what became of it."""
