# SPDX-License-Identifier: Apache-2.0
"""Reading registers of every admitted format, row by row, with true line numbers."""
