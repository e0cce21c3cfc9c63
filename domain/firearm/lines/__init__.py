# SPDX-License-Identifier: Apache-2.0
"""The table of firearm events, one module a group of events."""
