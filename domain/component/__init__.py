# SPDX-License-Identifier: Apache-2.0
"""Parts and components of firearms, each with a life of its own where the law follows it."""
