-- The registry's entries now include those about the log itself (log.heads), so that the index
-- by which they are found at every start has to hold them too.

drop index ledger.event_registry;

create index event_registry on ledger.event (idx)
  where split_part(kind, '.', 1) in ('ledger', 'log', 'authority', 'key', 'role', 'alg');
