# SPDX-License-Identifier: Apache-2.0
"""The command that writes a trace for a court."""
