# SPDX-License-Identifier: Apache-2.0
"""The one secret of the service: made once, private, and derived from for each part."""

from __future__ import annotations

from pathlib import Path
from secrets import token_bytes

import pytest

from api.service.secret import SECRET_FILE, part_key, service_secret
from domain.errors import UnreachableError, UnsafeError


def test_the_secret_is_made_once_and_read_from_then_on(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = service_secret(folder, token_bytes)
    assert service_secret(folder, token_bytes) == first
    assert len(first) == 32
    assert (folder / SECRET_FILE).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_damaged_secret_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / SECRET_FILE).write_bytes(b"short")
    with pytest.raises(UnsafeError, match="is damaged") as caught:
        service_secret(tmp_path, token_bytes)
    assert caught.value.slug == "service_secret_invalid"
    assert (tmp_path / SECRET_FILE).read_bytes() == b"short"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file")
    with pytest.raises(UnreachableError, match="cannot be used"):
        service_secret(tmp_path / "keys", token_bytes)


def test_the_keys_of_the_parts_tell_nothing_about_each_other() -> None:
    secret = bytes(range(32))
    found = {part_key(secret, each) for each in ("subjects", "user handles", "webhook secrets")}
    assert len(found) == 3
    assert secret not in found
    assert all(len(each) == 32 for each in found)
    assert part_key(secret, "subjects") != part_key(bytes(32), "subjects")
