# SPDX-License-Identifier: Apache-2.0
"""The data steward's day: what has to be erased, who agreed to it, and a person's own file."""
