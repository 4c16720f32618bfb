-- The mapping that an output's records are made by. A file on a worker's disk is a proposal until it stands here: so all workers
-- translate alike, and a changed file is looked at before it changes records.
create table output_mapping (
  connection text not null,
  output text not null,
  -- Both null: the defaults.
  file text,
  mapping text,
  applied_at timestamptz not null default now(),
  primary key (connection, output)
);

-- A mapping that would change what stands in an output. 'proposed' until its differences were counted; 'held' ones wait for a person,
-- who makes them 'approved' or 'rejected'; 'applied'; 'superseded' by a later one.
create table mapping_change (
  id bigint generated always as identity primary key,
  connection text not null,
  output text not null,
  -- Both null: back to the defaults.
  file text,
  mapping text,
  state text not null,
  diff jsonb,
  -- Part of the records that may change without a person, when they were counted.
  guard double precision,
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  decided_by text
);
create index mapping_change_state on mapping_change (connection, state);
