-- SPDX-License-Identifier: Apache-2.0
-- One event may be approved by several officers: who may not approve it cannot keep out who may.

set local role ledger_owner;

alter table people.approval drop constraint approval_pkey, add primary key (eid, officer);

reset role;
