# SPDX-License-Identifier: Apache-2.0
"""What can be asked and appended over HTTP, one module a resource."""
