# SPDX-License-Identifier: Apache-2.0
"""What we know now, rebuilt from the events at will."""
