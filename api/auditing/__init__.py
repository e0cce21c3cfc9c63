# SPDX-License-Identifier: Apache-2.0
"""What an auditor asks of a ledger that runs, whichever door it is asked at."""
