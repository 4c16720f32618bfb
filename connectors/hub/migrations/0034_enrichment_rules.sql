-- What of Akeneo's structure products were judged by: attributes with their limits and units, their options, and families with the mapped
-- attributes they have and where. What has changed since is held against what could not be written.
create table enrichment_rule (
  connection text not null,
  kind text not null,
  -- Lower case.
  code text not null,
  hash bytea not null,
  primary key (connection, kind, code)
);
-- Of the structure that these are of.
alter table enrichment_state add column structure_version bigint;
