# SPDX-License-Identifier: Apache-2.0
"""Every question in words: labels by the name of the member, codes, and titles of events."""
