# SPDX-License-Identifier: Apache-2.0
"""Verifying in the browser: what the page is made of, served or saved as one file."""
