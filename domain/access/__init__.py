# SPDX-License-Identifier: Apache-2.0
"""Statements that the record was consulted: what, for which purpose, with which answer."""
