# SPDX-License-Identifier: Apache-2.0
"""How answers and problems are made, whatever the route."""
