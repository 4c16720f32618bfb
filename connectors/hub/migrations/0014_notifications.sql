-- What the webhook of a connection was told of and stands yet, so that neither a restart nor another worker tells it again.
create table notification (
  connection text not null,
  kind text not null,
  subject text not null,
  since timestamptz not null,
  told_at timestamptz not null,
  primary key (connection, kind, subject)
);

-- Failures that a message had; what failed and went well again between two messages is told once as well.
alter table run add column told boolean not null default false;
create index run_failed_untold on run (connection) where outcome = 'failed' and not told;
