# SPDX-License-Identifier: Apache-2.0
"""How long each step of a request takes, told to a collector of spans where a site has one."""
