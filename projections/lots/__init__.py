# SPDX-License-Identifier: Apache-2.0
"""Lots of firearms that are to be destroyed, or were."""
