# SPDX-License-Identifier: Apache-2.0
"""Tracing a firearm: the question, its answer as values, and the answer in words."""
