-- What was read from Akeneo, what each output made of it, and how far reading has come.

-- Order of reads. Each request takes a ticket before it is sent; a record may be written only by a later ticket than any
-- that read it. A table of its own, so that a record read again unchanged leaves the catalogue's rows untouched.
create table reading (
  connection text not null,
  stream text not null,
  key text not null,
  ticket bigint not null,
  primary key (connection, stream, key)
) with (fillfactor = 80);

-- One document per record, as read. `id` is the hub's own and outlives keys.
create table source_record (
  connection text not null,
  stream text not null,
  key text not null,
  id uuid not null default gen_random_uuid(),
  code text,
  parent text,
  family text,
  ticket bigint not null,
  hash bytea not null,
  source jsonb not null,
  primary key (connection, stream, key)
);
create index source_record_code on source_record (connection, stream, lower(code));
create index source_record_parent on source_record (connection, stream, lower(parent)) where parent is not null;

-- Grows when structure (attributes, families, options, channels …) changes, so that workers drop their copy of it.
create table structure_version (
  connection text primary key,
  version bigint not null,
  -- Akeneo's time when the last complete reading of the structure began; null before the first has ended.
  complete_at timestamptz
);

-- What each output made of a record.
create table hub_record (
  connection text not null,
  output text not null,
  id uuid not null,
  kind text not null,
  code text,
  version integer not null,
  status text not null,
  hash bytea not null,
  body jsonb not null,
  primary key (connection, output, id)
);
create index hub_record_code on hub_record (connection, output, kind, lower(code));

-- Gapless and ordered: `seq` comes from feed_counter, taken last in the transaction that publishes.
create table feed_counter (
  connection text not null,
  output text not null,
  seq bigint not null,
  primary key (connection, output)
);
create table feed (
  connection text not null,
  output text not null,
  seq bigint not null,
  at timestamptz not null default clock_timestamp(),
  kind text not null,
  id uuid not null,
  version integer not null,
  change text not null,
  fields text[] not null,
  run bigint,
  primary key (connection, output, seq)
);
create index feed_run on feed (connection, run);

-- Records that are read but not yet published: they wait for a parent, a category, a partner; or groups to be made anew.
create table waiting (
  connection text not null,
  stream text not null,
  key text not null,
  reason text not null,
  since timestamptz not null default now(),
  primary key (connection, stream, key)
);

-- Who names whom in an association, so that a partner's arrival completes the links to it.
create table link (
  connection text not null,
  stream text not null,
  key text not null,
  target_stream text not null,
  target text not null,
  primary key (connection, stream, key, target_stream, target)
);
create index link_target on link (connection, target_stream, target);

create table rejection (
  connection text not null,
  stream text not null,
  key text not null,
  code text,
  reason text not null,
  field text,
  message text not null,
  remedy text not null,
  first_seen timestamptz not null default now(),
  last_seen timestamptz not null default now(),
  attempts integer not null default 1,
  next_attempt timestamptz not null,
  primary key (connection, stream, key)
);

create table run (
  id bigint generated always as identity primary key,
  connection text not null,
  process text not null,
  mode text not null,
  workflow_id text not null,
  workflow_run_id text not null,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  -- Akeneo's time before the first request: the next watermark once everything is done.
  t0 timestamptz,
  since timestamptz,
  overlap_seconds integer,
  outcome text,
  report jsonb not null default '{}'
);
create unique index run_workflow on run (workflow_run_id, process);
create index run_recent on run (connection, started_at desc);

-- One run at a time per (connection, process); a holder that Temporal says is closed may be taken over from.
create table claim (
  connection text not null,
  process text not null,
  workflow_id text not null,
  workflow_run_id text not null,
  claimed_at timestamptz not null default now(),
  primary key (connection, process)
);

-- Written by a run's signal handlers, read in each page's transaction: a pause takes hold within one page.
create table control (
  run bigint primary key references run (id) on delete cascade,
  state text not null
);

-- One slice of a stream, read by its own cursor.
create table transfer (
  id bigint generated always as identity primary key,
  run bigint not null references run (id) on delete cascade,
  stream text not null,
  slice jsonb not null,
  -- Which of the run's bounded number of readers has it; a retry of that reader goes on with it.
  reader integer,
  cursor text,
  pages integer not null default 0,
  read integer not null default 0,
  changed integer not null default 0,
  rejected integer not null default 0,
  done boolean not null default false
);
create index transfer_queue on transfer (run, stream, id) where not done;

-- The log of committed pages: no page twice.
create table transfer_page (
  transfer bigint not null references transfer (id) on delete cascade,
  page integer not null,
  cursor text,
  ticket bigint not null,
  read integer not null,
  changed integer not null,
  at timestamptz not null default clock_timestamp(),
  primary key (transfer, page)
);

-- Up to this instant, by Akeneo's clock, changes are known to be in the hub.
create table watermark (
  connection text primary key,
  at timestamptz not null,
  hourly_at timestamptz not null,
  nightly_at timestamptz not null,
  -- The first full load: 'running' from the first poll on, 'done' when its last page is in.
  load text not null default 'running'
);

-- Models whose change must reach their variants, looked at again because Akeneo indexes those later, with the model's date.
create table sweep (
  connection text not null,
  model text not null,
  changed_at timestamptz not null default now(),
  step integer not null default 0,
  due_at timestamptz not null default now(),
  primary key (connection, model)
);
create index sweep_due on sweep (connection, due_at);

-- The category trees of one initialization, as listed, with where each node stands. A branch is a tree, or a subtree so
-- large that it is initialized by a workflow of its own; each node is in exactly one.
create table category_stage (
  run bigint not null references run (id) on delete cascade,
  code text not null,
  parent text,
  branch text not null,
  depth integer not null,
  position integer not null,
  rank integer not null,
  path text[] not null,
  ticket bigint not null,
  source jsonb not null,
  outcome text,
  primary key (run, code)
);
create index category_stage_level on category_stage (run, branch, depth, rank);
create index category_stage_branch on category_stage (run, parent) where branch = code;

-- Lists that Akeneo cannot filter by `updated` (options of an attribute, variants of a family …): when each was last read.
create table list_reading (
  connection text not null,
  stream text not null,
  parent text not null,
  read_at timestamptz not null,
  primary key (connection, stream, parent)
);

-- Codes that a product showed and the stored structure lacks: read by the next settling, then the product is made anew.
create table structure_request (
  connection text not null,
  stream text not null,
  code text not null,
  product text not null,
  asked_at timestamptz not null default now(),
  primary key (connection, stream, code, product)
);
