# SPDX-License-Identifier: Apache-2.0
"""What was made from the rows, made anew and compared: references, and read models from above."""
