-- A page that Akeneo cannot answer, by size, time or a fault of its own, is asked for in smaller pieces: how many records the next
-- page of this transfer asks for (0: one, by its id), among how many of the next one is suspected, and how often its cursor failed.
alter table transfer
  add column page_limit integer not null default 100,
  add column suspects integer not null default 0,
  add column failures integer not null default 0;
