# SPDX-License-Identifier: Apache-2.0
"""The way in: submissions are opened, judged, committed, signed for and answered."""
