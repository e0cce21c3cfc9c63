# SPDX-License-Identifier: Apache-2.0
"""Taking heads epochs of a running ledger, and proving one stream's head from them."""
