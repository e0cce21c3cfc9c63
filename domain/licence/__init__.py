# SPDX-License-Identifier: Apache-2.0
"""Licences: one stream a licence, from the application to its end."""
