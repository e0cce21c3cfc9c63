# SPDX-License-Identifier: Apache-2.0
"""Parts of firearms whose records were put right later."""
