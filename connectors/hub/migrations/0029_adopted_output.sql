-- Whose feed the destination gets: the record is looked for when it is published there. Null: that of the only output.
alter table adopted_id add column output text;
