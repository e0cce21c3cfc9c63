# SPDX-License-Identifier: Apache-2.0
"""Commands about newest events, disputed entries and everything that was found."""
