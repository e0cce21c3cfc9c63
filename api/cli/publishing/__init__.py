# SPDX-License-Identifier: Apache-2.0
"""Publishing the log, and receipts that wait until it is witnessed."""
