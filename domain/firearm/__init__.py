# SPDX-License-Identifier: Apache-2.0
"""The life of one firearm: what may happen to it, judged and folded without side effects."""
