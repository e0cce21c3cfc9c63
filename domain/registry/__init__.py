# SPDX-License-Identifier: Apache-2.0
"""Who may sign what: authorities, officers' keys and mandates, folded from the log itself."""
