-- Models show codes that the structure lacks too; `product` is the asker's key. `made_with`: version of the structure that the asker was made with. Any
-- other by the time its request is settled makes it anew, also when somebody else has read the code meanwhile.
alter table structure_request add column asker text not null default 'products';
alter table structure_request add column made_with bigint;
alter table structure_request drop constraint structure_request_pkey;
alter table structure_request add primary key (connection, stream, code, asker, product);
