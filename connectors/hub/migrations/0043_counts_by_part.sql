-- What a run did, cut by what it was done to: the same numbers as in enrichment_count, added by the same transactions. A run has a row for
-- each brand, family, locale, attribute and reason that it met. Gone with its run.
create table enrichment_count_part (
  run bigint not null,
  -- brand, family, locale, attribute, reason
  by text not null,
  -- Which one; '' is none: a product without a brand, a value without a locale.
  part text not null,
  name text not null,
  n bigint not null default 0,
  primary key (run, by, part, name)
);
