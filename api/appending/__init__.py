# SPDX-License-Identifier: Apache-2.0
"""One process that appends for all processes of a service, and the way to it."""
