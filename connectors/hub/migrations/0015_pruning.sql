-- Runs that are over are forgotten after a while, with what they read. See connectors/hub/prune-runs.ts.

-- When that was last done: once a day is often enough.
create table run_pruning (
  connection text primary key,
  at timestamptz not null default now()
);

-- A run that goes takes its transfers along.
create index transfer_run on transfer (run);
