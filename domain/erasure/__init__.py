# SPDX-License-Identifier: Apache-2.0
"""The erasure of personal data: proposed, approved by another person, executed."""
