# SPDX-License-Identifier: Apache-2.0
"""Words for codes and terms, each a message id."""
