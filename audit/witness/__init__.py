# SPDX-License-Identifier: Apache-2.0
"""The witness, which cosigns what only grew, and the log's side of asking witnesses."""
