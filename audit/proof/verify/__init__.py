# SPDX-License-Identifier: Apache-2.0
"""The offline verifier: what a stranger runs over an export or a bundle."""
