# SPDX-License-Identifier: Apache-2.0
"""The closed schemas of what happens to a firearm, one module a subject."""
