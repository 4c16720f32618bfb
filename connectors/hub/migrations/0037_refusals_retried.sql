-- The value is sent once more, though Akeneo has refused it: whether it does so again is not known yet.
alter table enrichment_finding add column is_retried boolean not null default false;
