# SPDX-License-Identifier: Apache-2.0
"""What may happen to a firearm and who may say so; pure values, no input or output."""
