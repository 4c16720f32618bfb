-- What was left at the place of a value of which Akeneo took a part, or all, because options were deleted: null is nothing. With was_gone only.
alter table enrichment_value add column remained jsonb;
create index enrichment_value_gone on enrichment_value (connection) where was_gone;
comment on column enrichment_value.was_gone is
  'Akeneo took it, or a part of it, with its attribute or an option since it was written: nobody emptied it, and it need not stand there.';
-- Options of an attribute that the mapping writes, lower case: which of them have left is seen by them.
alter table enrichment_rule add column codes text[];
