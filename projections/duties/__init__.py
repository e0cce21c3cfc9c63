# SPDX-License-Identifier: Apache-2.0
"""What is due in a whole jurisdiction: the records in which something may be, judged one by one."""
