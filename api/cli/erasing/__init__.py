# SPDX-License-Identifier: Apache-2.0
"""Erasures and the files of persons on the command line."""
