# SPDX-License-Identifier: Apache-2.0
"""The axes of a firearm's state together: what can be true of one firearm at one time."""
