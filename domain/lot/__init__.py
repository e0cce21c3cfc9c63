# SPDX-License-Identifier: Apache-2.0
"""Lots: firearms that are destroyed together, and ammunition counted by maker's lot."""
