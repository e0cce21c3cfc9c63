# SPDX-License-Identifier: Apache-2.0
"""What every request passes through before a route."""
