# SPDX-License-Identifier: Apache-2.0
"""The log's keys: which there are, for which sizes each signs, and how one follows another."""
