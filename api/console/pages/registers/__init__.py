# SPDX-License-Identifier: Apache-2.0
"""The screens of requests, duties, licences, authorizations, lots and holdings."""
