# SPDX-License-Identifier: Apache-2.0
"""The rules of the domain, applied again to a log that somebody else wrote."""
