-- What was counted over all products of a connection with Icecat, where that took long: what the morning page shows until it is old.
create table enrichment_kept_counts (
  connection text primary key,
  -- When counting began, and how long it took.
  counted_at timestamptz not null,
  took_ms integer not null,
  counts jsonb not null
);
