# SPDX-License-Identifier: Apache-2.0
"""``muniment notices``: who is told by webhook, what was missed, and telling it again."""
