-- Icecat's reference lists as they were last read, for whoever maps: by account, so that connections with one account share them.
create table icecat_record (
  account text not null,
  -- Name of the list; see connectors/icecat/files.ts.
  list text not null,
  key text not null,
  body jsonb not null,
  -- Runs that brought it, that brought what it says now, and that saw it last. What a whole reading did not see is gone.
  added_run bigint not null,
  changed_run bigint not null,
  seen_run bigint not null,
  primary key (account, list, key)
);

-- The last reading of each list, with what it did.
create table icecat_list (
  account text not null,
  list text not null,
  run bigint not null,
  read_at timestamptz not null default clock_timestamp(),
  records bigint not null,
  added bigint not null,
  changed bigint not null,
  removed bigint not null,
  -- Why the reading was not taken whole, or at all; null: it was.
  problem text,
  primary key (account, list)
);

-- Icecat's number of the category of the sheet that was fetched last: says which categories a mapping is measured by.
alter table enrichment_product add column category text;
