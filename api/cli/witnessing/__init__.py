# SPDX-License-Identifier: Apache-2.0
"""Running a witness, and having witnesses cosign this ledger's checkpoints."""
