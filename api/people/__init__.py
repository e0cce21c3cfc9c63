# SPDX-License-Identifier: Apache-2.0
"""People: how they log in, what their session may do, and when it ends."""
