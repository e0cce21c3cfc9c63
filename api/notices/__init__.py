# SPDX-License-Identifier: Apache-2.0
"""Notices to other systems: signed webhooks, a convenience on top of the feed."""
