# SPDX-License-Identifier: Apache-2.0
"""Who may do what, how much, and what is kept of it."""
