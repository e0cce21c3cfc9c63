# SPDX-License-Identifier: Apache-2.0
"""What every other record was after each of its entries: licences, authorizations, requests."""
