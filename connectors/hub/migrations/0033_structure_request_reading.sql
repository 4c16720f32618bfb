-- Which reading has begun to answer a request: it settles what it took, and whoever asks meanwhile asks anew, beside it.
alter table structure_request add column reading bigint;
alter table structure_request drop constraint structure_request_pkey;
create unique index structure_request_open on structure_request (connection, stream, code, asker, product) where reading is null;
create index structure_request_reading on structure_request (connection, reading);
