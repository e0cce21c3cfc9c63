# SPDX-License-Identifier: Apache-2.0
"""``muniment people``: who logs in as which officer."""
