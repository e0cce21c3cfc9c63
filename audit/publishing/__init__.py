# SPDX-License-Identifier: Apache-2.0
"""The published log: tiles, entry bundles and a checkpoint that any web server can serve."""
