# SPDX-License-Identifier: Apache-2.0
"""What speaks against an event of an authorization."""
