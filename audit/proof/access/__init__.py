# SPDX-License-Identifier: Apache-2.0
"""The access log as a value: its records, its chain, and whether both are what they were."""
