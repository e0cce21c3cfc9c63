# SPDX-License-Identifier: Apache-2.0
"""Shipments: what left under an authorization, where it passed, and what arrived."""
