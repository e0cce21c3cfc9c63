# SPDX-License-Identifier: Apache-2.0
"""Having checkpoints time-stamped: asking authorities, keeping what they answer, renewing it."""
