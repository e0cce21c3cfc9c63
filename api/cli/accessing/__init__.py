# SPDX-License-Identifier: Apache-2.0
"""Commands of auditors: the access log read, verified, exported and erased by rule."""
