# SPDX-License-Identifier: Apache-2.0
"""Policies: what a jurisdiction wants done by when, and which policy it has adopted."""
