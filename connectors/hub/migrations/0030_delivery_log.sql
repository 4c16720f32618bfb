-- When each request of a delivery was answered, and what it brought: entries of the feed after `after` up to `position`, or, beside the
-- feed, the records of `ids` that were accepted. What `explain` tells of a record's last delivery; forgotten with the feed's old lines.
create table delivery_log (
  connection text not null,
  output text not null,
  destination text not null,
  after bigint not null,
  position bigint not null,
  -- Null for entries of the feed.
  ids uuid[],
  at timestamptz not null default now()
);
create index delivery_log_position on delivery_log (connection, output, destination, position);
