# SPDX-License-Identifier: Apache-2.0
"""Commands about time: having checkpoints dated, and telling when something was recorded."""
