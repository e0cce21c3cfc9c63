# SPDX-License-Identifier: Apache-2.0
"""Tracing requests between States, from the question to the point of diversion."""
