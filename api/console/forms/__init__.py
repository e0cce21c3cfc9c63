# SPDX-License-Identifier: Apache-2.0
"""Questions made from the schemas of events, and answers made into the data of an event."""
