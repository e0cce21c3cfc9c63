# SPDX-License-Identifier: Apache-2.0
"""Log-in and step-up by an OpenID Connect provider: authorization code with PKCE."""
