# SPDX-License-Identifier: Apache-2.0
"""What every picture is drawn with: words, measures, shapes, scales and the figure around them."""
