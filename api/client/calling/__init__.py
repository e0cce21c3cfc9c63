# SPDX-License-Identifier: Apache-2.0
"""How the SDK speaks with a service: what is asked as values, what is answered, and when again."""
