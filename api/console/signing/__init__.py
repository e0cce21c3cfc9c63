# SPDX-License-Identifier: Apache-2.0
"""What is signed in the browser: its exact octets, and what is put together from it."""
