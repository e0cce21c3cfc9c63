# SPDX-License-Identifier: Apache-2.0
"""Pictures of the console: SVG made on the server, each with a table of the same figures."""
