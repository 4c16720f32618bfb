-- Which reading stored a record: `explain` finds it by the ticket that both have.
create index transfer_page_ticket on transfer_page (ticket);

-- Of a run that reads without transfers, in one go: the trees of an initialization.
alter table run add column ticket bigint;
