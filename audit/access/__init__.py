# SPDX-License-Identifier: Apache-2.0
"""The access log in service, and what the service's processes share about requests."""
