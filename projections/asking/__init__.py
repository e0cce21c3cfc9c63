# SPDX-License-Identifier: Apache-2.0
"""What every list that is told from whole projections needs."""
