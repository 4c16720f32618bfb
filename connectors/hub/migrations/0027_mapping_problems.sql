-- What would be wrong with the mapping for the catalogue as it was at the comparison, and was not wrong before: a person decides on it.
alter table mapping_change add column problems text[] not null default '{}';
