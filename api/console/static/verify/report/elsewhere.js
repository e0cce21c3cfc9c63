// SPDX-License-Identifier: Apache-2.0
/** What a browser does not check, and who does: nothing of that is ever called ok. */

import { N_ } from "../proof/errors.js";

export const POST_QUANTUM = N_(
  "This browser cannot verify ML-DSA-44, by which the log signs as well; muniment-verify does.",
);
const NO_WITNESSES = N_(
  "No policy was given, so that another reader was shown the same log is not proved; choose yours, " +
    "or compare checkpoints with other readers.",
);
const NO_CLOCK = N_(
  "Time-stamps (RFC 3161) and the times of cosignatures are not judged here; muniment-verify does " +
    "so with --tsa-roots and --policy.",
);
/** Checks that are left out, by subject, with the reason. */
export const ELSEWHERE = {
  bundle: [
    ["disclosures", N_("Personal data is not in the log; none was presented here.")],
    [
      "approvals",
      N_(
        "Approvals by passkey are not in the log, nor in a bundle about one firearm; " +
          "muniment-verify checks those of an export.",
      ),
    ],
    ["witnesses", NO_WITNESSES],
    ["time", NO_CLOCK],
    [
      "lateness",
      N_("Whether an event was recorded late takes trusted clocks; muniment-verify judges it."),
    ],
    [
      "schema",
      N_(
        "The data of events is compared with the schema of its type only for registry events; " +
          "muniment-verify does so for every event.",
      ),
    ],
  ],
  receipt: [
    [
      "signature",
      N_(
        "Who signed the entry, and whether he was allowed to, a receipt does not show; a bundle " +
          "or the whole log does.",
      ),
    ],
    ["witnesses", NO_WITNESSES],
    ["time", NO_CLOCK],
  ],
};
