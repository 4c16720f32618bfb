-- A few values over and over, so it is small (7 MB for 1,000,000 records): a page that shows how many records there are reads this and no document.
create index hub_record_status on hub_record (connection, output, kind, status);
