# SPDX-License-Identifier: Apache-2.0
"""What other systems follow: the events of the log, and what changes in a projection."""
