# SPDX-License-Identifier: Apache-2.0
"""What each firearm event changes, axis by axis; every function gives the next state.

Implements the result column of the domain facts, section 5. An effect never refuses: it is
also applied to facts that contradict each other, so it touches only the axes that its event
names.
"""
