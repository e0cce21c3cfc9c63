# SPDX-License-Identifier: Apache-2.0
"""What lies beside the entries: other checkpoints, witnesses, clocks, what was disclosed."""
