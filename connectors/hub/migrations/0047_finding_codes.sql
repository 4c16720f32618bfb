-- How many records have each kind of finding is asked with each look at the morning page: counted along an index, not sorted each time.
create index finding_code on finding (connection, code, stream, key);
