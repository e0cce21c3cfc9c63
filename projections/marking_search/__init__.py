# SPDX-License-Identifier: Apache-2.0
"""The search by marking: which firearms may bear a text that somebody read."""
