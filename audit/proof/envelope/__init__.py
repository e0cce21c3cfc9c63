# SPDX-License-Identifier: Apache-2.0
"""The signed event in its envelope (envelope specification, section 4)."""
