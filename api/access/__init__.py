# SPDX-License-Identifier: Apache-2.0
"""Who asks, what they may do, and how often."""
