-- Hash of the stored record when its line was taken to be sent. A line that was refused whole is made again once the record is another: somebody may
-- have mended it.
alter table enrichment_line add column read_as bytea;
