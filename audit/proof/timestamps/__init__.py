# SPDX-License-Identifier: Apache-2.0
"""Time: what authorities with clocks said about checkpoints, verified offline."""
