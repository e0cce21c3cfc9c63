# SPDX-License-Identifier: Apache-2.0
"""What cosignatures cover, octet for octet."""
