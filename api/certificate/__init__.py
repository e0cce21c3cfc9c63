# SPDX-License-Identifier: Apache-2.0
"""The certificate of a trace: one PDF for a court, which carries its own evidence."""
