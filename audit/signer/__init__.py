# SPDX-License-Identifier: Apache-2.0
"""The signer: a process of its own that holds the log key and is the first witness."""
