# SPDX-License-Identifier: Apache-2.0
"""The auditor's day: what does not fit, who signed, and whether the log is whole."""
