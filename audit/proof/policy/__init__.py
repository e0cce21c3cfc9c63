# SPDX-License-Identifier: Apache-2.0
"""Which logs and witnesses are trusted, and how many cosignatures are enough."""
