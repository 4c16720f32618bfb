-- Leaving safely: what a reconcile saw, what it would retire, what has left. See docs/reconcile.md.

-- One reconcile: the ticket of its first request divides what may be absent from what was read meanwhile.
create table reconcile (
  run bigint primary key references run (id) on delete cascade,
  first_ticket bigint not null,
  -- Fingerprint of what this user may see, before the first list was read.
  rights text not null,
  -- True when products and models are read with their content by a full pass: their readings then say what was seen.
  content boolean not null,
  -- The run of that full pass, when it is done.
  load_run bigint
);

-- Every key that Akeneo listed. Not raised in `reading`: a list of keys reads no content, so it must not win over a page that does.
create table reconcile_seen (
  run bigint not null references run (id) on delete cascade,
  stream text not null,
  key text not null,
  primary key (run, stream, key)
);

-- The rights under which records were last allowed to leave.
create table accepted_rights (
  connection text primary key,
  fingerprint text not null,
  accepted_at timestamptz not null default now()
);

-- What a reconcile would retire. 'ready': within the guards; 'held': waits for a person, who makes it 'approved' or 'rejected';
-- 'done': carried out; 'superseded': a later reconcile looked again.
create table retire_plan (
  id bigint generated always as identity primary key,
  connection text not null,
  run bigint references run (id) on delete set null,
  state text not null,
  reasons jsonb not null,
  rights text not null,
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  decided_by text
);
create index retire_plan_state on retire_plan (connection, state);

-- 'open' until it was read again: then 'retired' or, because Akeneo answered with it after all, 'kept'.
create table retire_item (
  plan bigint not null references retire_plan (id) on delete cascade,
  position bigint not null,
  stream text not null,
  key text not null,
  code text,
  -- The record that the list belongs to, e.g. the attribute of an option.
  parent text,
  state text not null default 'open',
  primary key (plan, position)
);
create index retire_item_open on retire_item (plan, position) where state = 'open';
create index retire_item_key on retire_item (stream, key);

-- What left, and under which id the hub knows it: a record that returns by its key, or a product by its SKU, is the same one.
create table retired_record (
  connection text not null,
  stream text not null,
  key text not null,
  code text,
  id uuid not null,
  run bigint,
  retired_at timestamptz not null default now(),
  primary key (connection, stream, key)
);
create index retired_record_code on retired_record (connection, stream, lower(code));

-- Products that came under the SKU of another stored one: they wait until a direct read says what became of that one.
create table successor (
  connection text not null,
  key text not null,
  code text not null,
  predecessor text not null,
  since timestamptz not null default now(),
  primary key (connection, key)
);
