# SPDX-License-Identifier: Apache-2.0
"""The types of signature line by which a log signs its checkpoints, as `log.md` 2.5 has them.

Requests to the signer, its list of keys and its commands name them by these words.
"""

from __future__ import annotations

from typing import Final, Literal

Line = Literal["ed25519", "ml-dsa-44"]

ED25519_LINE: Final[Line] = "ed25519"
ML_DSA_44_LINE: Final[Line] = "ml-dsa-44"
LINES: Final[tuple[Line, ...]] = (ED25519_LINE, ML_DSA_44_LINE)
