# SPDX-License-Identifier: Apache-2.0
"""Keys that their holders made themselves, on their way into the registry."""
