# SPDX-License-Identifier: Apache-2.0
"""Scripts that marks are written in: which one a text is in, and its text in Latin letters."""
