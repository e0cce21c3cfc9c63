# SPDX-License-Identifier: Apache-2.0
"""The screens, one module each."""
