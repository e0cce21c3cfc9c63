# SPDX-License-Identifier: Apache-2.0
"""Erasing personal data: what is due, who decides, carrying it out, and a person's own file."""
