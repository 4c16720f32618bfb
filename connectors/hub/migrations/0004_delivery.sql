-- Delivery of feeds to destinations, and what they call our records. Why: docs/adr/0006-delivery.md.

-- Up to this seq old entries may be gone, save the last of each record: a reader that is further behind takes a snapshot.
alter table feed_counter add column pruned bigint not null default 0;
alter table feed_counter add column pruned_at timestamptz not null default '-infinity';

-- The last entry of a record: what a queued delivery of it sends, and what pruning keeps.
create index feed_record on feed (connection, output, id, seq desc);

-- How far a destination is. Everything up to `position` was accepted, or stands in delivery_queue.
create table delivery (
  connection text not null,
  output text not null,
  destination text not null,
  position bigint not null default 0,
  -- Part of each idempotency key: grows with a resend, so that a destination does not take it for a repetition.
  generation integer not null default 0,
  delivered_at timestamptz,
  -- One run at a time; a holder that Temporal says is closed may be taken over from.
  workflow_id text,
  workflow_run_id text,
  -- The attempt at work: what an older one brings back is not committed.
  attempt uuid,
  primary key (connection, output, destination)
);

-- Records to be sent beside the feed, each as it stands by then: refused ones, those behind them, those asked for again.
create table delivery_queue (
  connection text not null,
  output text not null,
  destination text not null,
  id uuid not null,
  -- Order among those that are due: parents first.
  place bigint not null,
  -- Null for a record that was only asked for again.
  reason text,
  -- The refused record that this one waits for.
  behind uuid,
  first_refused timestamptz,
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  primary key (connection, output, destination, id)
);
create index delivery_queue_due on delivery_queue (connection, output, destination, place, due_at) where behind is null;
create index delivery_queue_behind on delivery_queue (connection, output, destination, behind) where behind is not null;

-- What a destination calls a record: from its answers, or adopted from an existing shop.
create table external_id (
  connection text not null,
  destination text not null,
  id uuid not null,
  external_id text not null,
  since timestamptz not null default now(),
  primary key (connection, id, destination)
);
create index external_id_theirs on external_id (connection, destination, external_id);

-- Adopted ids of records that the hub has not seen yet; code is lower-cased.
create table adopted_id (
  connection text not null,
  destination text not null,
  kind text not null,
  code text not null,
  external_id text not null,
  primary key (connection, kind, code, destination)
);
create index adopted_id_theirs on adopted_id (connection, destination, external_id);
