# SPDX-License-Identifier: Apache-2.0
"""Countries by their codes, without anything that is known of them."""
