# SPDX-License-Identifier: Apache-2.0
"""Signing on the command line: files of events, drafts for a second person, endorsements."""
