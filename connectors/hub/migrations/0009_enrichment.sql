-- Icecat into Akeneo: what is known of each chosen product, what was written, and what is about to be. Streams and keys are
-- those of source_record.

-- Products that the mapping's filter chose, each with what Icecat is asked by and what came of it. Kept current by what polls read.
create table enrichment_product (
  connection text not null,
  product text not null,
  -- Code of the root model, lower case; variants of one root are judged together, because they share its values.
  root text,
  -- In the order in which they are tried; see domain/enrichment/match/identifiers.ts.
  identifiers jsonb not null,
  -- What could not be asked by, such as a GTIN with a wrong check digit.
  problems jsonb not null default '[]',
  -- For reports.
  brand text,
  family text,
  icecat_id text,
  matched_by text,
  -- Of the sheet, as the index writes it: YYYYMMDDHHMMSS. The first is what it said when Icecat was asked last, whatever the answer.
  fetched_updated text,
  index_updated text,
  fetched_at timestamptz,
  -- Null: never asked.
  outcome text,
  message text,
  -- Values that belong to models, converted from this variant's sheet: its siblings are judged without asking Icecat again.
  model_cells jsonb,
  -- Null: nothing to do. Else why, and not before when.
  due text,
  due_at timestamptz,
  -- Who fetches and judges it now: one worker at a time, with all that shares its root.
  holder uuid,
  held_until timestamptz,
  -- What stood at the mapped places after the last judgement, lines made then included; a source that says the same is no news.
  judged bytea,
  -- Of its last judgement.
  run bigint,
  primary key (connection, product)
);
create index enrichment_product_due on enrichment_product (connection, due_at, product) where due is not null;
create index enrichment_product_root on enrichment_product (connection, root) where root is not null;
create index enrichment_product_sheet on enrichment_product (connection, icecat_id) where icecat_id is not null;

-- What was written once, value by value. `echoed` is what Akeneo showed when it was read back.
create table enrichment_value (
  connection text not null,
  stream text not null,
  key text not null,
  place text not null,
  attribute text not null,
  locale text,
  scope text,
  sent jsonb,
  echoed jsonb,
  is_unread boolean not null default true,
  -- A person gave it back with `pimflow release`.
  is_released boolean not null default false,
  -- Files: which content it was (domain/enrichment/plan-media.ts).
  asset_key text,
  -- Provenance.
  product text,
  icecat_id text,
  source text,
  language text,
  sheet_updated text,
  fetched_at timestamptz,
  -- By Akeneo's clock, when it had answered: what changed the record later was somebody else.
  sent_at timestamptz,
  -- Of the request that wrote it: a reading that was asked for before another write says nothing of that.
  ticket bigint,
  run bigint,
  primary key (connection, stream, key, place)
);
create index enrichment_value_unread on enrichment_value (connection, stream, key) where is_unread;

-- Lines to send: written before they are sent, gone when Akeneo has answered them. One record has one line at a time, and who holds it is
-- the only one who writes that record.
create table enrichment_line (
  connection text not null,
  stream text not null,
  key text not null,
  -- The record's own `created`: lines are sent in its order, so that a search for people's edits by it never finds our own writes.
  created_at timestamptz not null,
  -- Up to when edits of the record had been read when the values were judged.
  known_until timestamptz not null,
  -- Values with what stood in their place, and their provenance.
  values jsonb not null,
  run bigint,
  made_at timestamptz not null default clock_timestamp(),
  -- `intended`; `sent`: under way, or unknown when held_until has passed; `parked`: refused whole, waits for other values.
  state text not null default 'intended',
  holder uuid,
  held_until timestamptz not null default '-infinity',
  attempts integer not null default 0,
  message text,
  primary key (connection, stream, key)
);
create index enrichment_line_next on enrichment_line (connection, stream, created_at, key) where state <> 'parked';

-- Files to fetch at Icecat and to upload, one for each place; gone when done.
create table enrichment_file (
  connection text not null,
  stream text not null,
  key text not null,
  place text not null,
  attribute text not null,
  locale text,
  scope text,
  asset_key text not null,
  -- As the sheet has it: address, size, type, when it changed. Null: the file is to be taken away.
  asset jsonb,
  -- What stood in its place when it was judged: code of a file, or nothing.
  base text,
  product text,
  icecat_id text,
  run bigint,
  holder uuid,
  held_until timestamptz not null default '-infinity',
  attempts integer not null default 0,
  next_attempt timestamptz not null default '-infinity',
  message text,
  primary key (connection, stream, key, place)
);
create index enrichment_file_next on enrichment_file (connection, next_attempt, stream, key);
-- One upload for each content: other places get the code that Akeneo gave it.
create index enrichment_value_content on enrichment_value (connection, asset_key) where asset_key is not null;

-- What was left as it is, and why, as it stood after the last judgement of a record; refusals stay until other values are sent.
create table enrichment_finding (
  connection text not null,
  stream text not null,
  key text not null,
  place text not null,
  -- kept, flagged, problem, refused, dropped, changed-by-akeneo
  kind text not null,
  -- Case of ownership, code of a problem, or Akeneo's property.
  code text not null,
  message text not null,
  -- What was refused: it is not sent again until it is another value. Of a file, its asset_key.
  data jsonb,
  product text,
  run bigint,
  first_seen timestamptz not null default now(),
  last_seen timestamptz not null default now(),
  primary key (connection, stream, key, place, kind)
);

-- Options that values need and their attribute lacks.
create table enrichment_option (
  connection text not null,
  attribute text not null,
  code text not null,
  labels jsonb not null default '{}',
  -- `asked`: a person decides; `wanted`: to be made; `refused`: by Akeneo, with its message, or by a person.
  state text not null,
  message text,
  -- Whose sheet had it first.
  product text,
  run bigint,
  asked_at timestamptz not null default now(),
  primary key (connection, attribute, code)
);

-- Products that wait for an option; due again when it is there.
create table enrichment_option_product (
  connection text not null,
  attribute text not null,
  code text not null,
  product text not null,
  primary key (connection, attribute, code, product),
  foreign key (connection, attribute, code) references enrichment_option on delete cascade
);

-- What a run did, counted in the transactions that did it: a chunk that is tried again counts once.
create table enrichment_count (
  run bigint not null,
  name text not null,
  n bigint not null default 0,
  primary key (run, name)
);

-- Content that Icecat was asked for; see domain/enrichment/requests/creation-request.ts.
create table enrichment_request (
  connection text not null,
  product text not null,
  state text not null,
  asked_at timestamptz not null,
  checked_at timestamptz,
  next_check_at timestamptz not null,
  checks integer not null default 0,
  note text not null default '',
  -- Handed to a person or a webhook.
  exported_at timestamptz,
  primary key (connection, product)
);
create index enrichment_request_due on enrichment_request (connection, next_check_at) where state not in ('delivered', 'given-up');

-- Sheets fetched, for fair use: by account, so that connections with one account share its limit.
create table enrichment_meter (
  account text not null,
  month text not null,
  language text not null,
  fetched bigint not null default 0,
  primary key (account, month, language)
);

-- Which index was read last, and by what mapping products are judged: that of one worker's disk, taken when its version is higher.
create table enrichment_state (
  connection text primary key,
  index_generated text,
  index_read_at timestamptz,
  mapping_name text not null,
  mapping_version bigint not null,
  mapping_text text not null,
  -- Of what the file means, without its comments. When it changes, every product is due.
  mapping_hash text not null,
  -- How far the stored products have been looked through for those that the mapping chooses; null: through.
  chosen_after text,
  is_chosen boolean not null default false
);

-- Products and models whose stored content has changed since they were last looked at. Written by what stores them, for
-- connections with Icecat only.
create table enrichment_changed (
  connection text not null,
  stream text not null,
  key text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (connection, stream, key)
);
