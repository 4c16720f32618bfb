-- The rule of the mapping that refused the record, with its file and line.
alter table rejection add column rule text;
