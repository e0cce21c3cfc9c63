# SPDX-License-Identifier: Apache-2.0
"""``muniment receipt``: what a receipt says, what it is worth, and how it comes to more."""
