# SPDX-License-Identifier: Apache-2.0
"""The timeline: every firearm's entries, found by its identifier or its short form."""
