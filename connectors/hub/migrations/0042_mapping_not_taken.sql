-- Why a worker's newer mapping file was not taken, in words: null is nothing to say. Runs go on by the mapping that was applied.
alter table enrichment_state add column not_taken text;
