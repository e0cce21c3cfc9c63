# SPDX-License-Identifier: Apache-2.0
"""Commands that tell what may be recorded: ``events`` and ``explain``."""
