# SPDX-License-Identifier: Apache-2.0
"""What in the record asks for a second look: told of the record, and never of a person."""
