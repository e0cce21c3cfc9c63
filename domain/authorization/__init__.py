# SPDX-License-Identifier: Apache-2.0
"""International movement: authorizations of States, and the shipments that draw on them."""
