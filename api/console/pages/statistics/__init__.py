# SPDX-License-Identifier: Apache-2.0
"""Screen 6: the statistics, each with its definition and the way to compute it again."""
