# SPDX-License-Identifier: Apache-2.0
"""The console: pages for people, made on the server."""
