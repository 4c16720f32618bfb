-- What of the mapping has no effect, because Akeneo has no place for it any more; in words, with file and line.
alter table enrichment_state add column left_out text[] not null default '{}';
-- Its attribute was gone since it was written: nobody emptied it, and it need not stand there.
alter table enrichment_value add column was_gone boolean not null default false;
