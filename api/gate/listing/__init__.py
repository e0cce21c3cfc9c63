# SPDX-License-Identifier: Apache-2.0
"""Lists in pages, as far as a caller may see them, for every door behind the gate."""
