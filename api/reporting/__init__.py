# SPDX-License-Identifier: Apache-2.0
"""Statistics for programs and tables, and the yearly reports as files."""
