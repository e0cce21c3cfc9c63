# SPDX-License-Identifier: Apache-2.0
"""Numbers and marks that later entries put right, or took back."""
