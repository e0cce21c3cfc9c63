# SPDX-License-Identifier: Apache-2.0
"""Two authorities of our own, made once for the unit tests of time."""

from __future__ import annotations

import pytest

from tests.unit.audit.timestamps.local_authority import LocalAuthority, local_authority


@pytest.fixture(scope="session")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> tuple[LocalAuthority, LocalAuthority]:
    """Give one whose root signs its signer, and one with a certificate in between."""
    folder = tmp_path_factory.mktemp("authorities")
    return local_authority(folder, "alpha"), local_authority(folder, "beta", between=True)


@pytest.fixture(scope="session")
def alpha(authorities: tuple[LocalAuthority, LocalAuthority]) -> LocalAuthority:
    """Give the first one."""
    return authorities[0]


@pytest.fixture(scope="session")
def beta(authorities: tuple[LocalAuthority, LocalAuthority]) -> LocalAuthority:
    """Give the second one."""
    return authorities[1]
