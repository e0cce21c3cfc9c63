# SPDX-License-Identifier: Apache-2.0
"""Code lists with their sources, which a registry extends by files and never by code."""
