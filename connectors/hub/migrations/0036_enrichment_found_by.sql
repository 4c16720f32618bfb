-- What products were found by besides themselves when they were looked through last, as a hash: labels of brands, the filter's categories.
alter table enrichment_state add column found_by text;
-- The look through all products is not because of another mapping: only those that are found otherwise are due.
alter table enrichment_state add column is_finding boolean not null default false;
