# SPDX-License-Identifier: Apache-2.0
"""Corrections in the words of what is corrected: its questions, its answers, and the right ones."""
