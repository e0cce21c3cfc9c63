# SPDX-License-Identifier: Apache-2.0
"""Policy files: those that come with the software, and any other that is named by its path."""
