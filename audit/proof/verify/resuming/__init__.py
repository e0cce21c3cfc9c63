# SPDX-License-Identifier: Apache-2.0
"""Progress of a long verification, kept so that another run goes on where it was stopped."""
